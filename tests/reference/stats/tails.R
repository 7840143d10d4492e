# Two-sided t tails, t quantiles and F tails -> tails_expected.csv
source("lib.R")
df <- c(1, 2, 3, 5, 9.37, 17.21, 29, 38, 58, 67.1, 145, 1000)
t <- c(1e-8, 1e-3, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 20, 50)
grid <- expand.grid(df = df, t = t)
grid$p_two_sided <- 2 * pt(-grid$t, grid$df)
grid$t_quantile_95 <- qt(0.975, grid$df)
grid$p_upper_f2 <- pf(grid$t, 2, grid$df, lower.tail = FALSE)
write_exact(grid, "tails_expected.csv")
