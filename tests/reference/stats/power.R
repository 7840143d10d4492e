# Power of t tests over a grid of designs, by R's noncentral t -> power_expected.csv
source("lib.R")
both_tails <- function(ncp, df, alpha) {
  critical <- qt(alpha / 2, df, lower.tail = FALSE)
  pt(critical, df, ncp, lower.tail = FALSE) + pt(-critical, df, ncp)
}
# R computes pt up to a noncentrality of 37.62, so no design of the grid needs more.
detectable <- function(df, alpha, power)
  uniroot(function(ncp) both_tails(ncp, df, alpha) - power, c(0, 37), tol = 1e-13)$root

designs <- rbind(
  data.frame(design = "groups", n_numerator = c(30, 10, 3, 2, 12, 146, 5, 400),
             n_denominator = c(10, 10, 3, 1, 40, 38, 30, 300)),
  data.frame(design = "pairs", n_numerator = c(30, 28, 10, 4, 3, 146, 1000), n_denominator = 0)
)
# 0.05 · k / 80: realised Benjamini–Hochberg thresholds of a panel of 80 targets.
grid <- merge(designs, expand.grid(alpha = c(0.05, 0.05 * c(1, 5, 20) / 80), effect = c(0, 0.1, 0.5, 1, 1.5)))
pairs <- grid$design == "pairs"
grid$df <- ifelse(pairs, grid$n_numerator - 1, grid$n_numerator + grid$n_denominator - 2)
unit <- ifelse(pairs, 1 / sqrt(grid$n_numerator), sqrt(1 / grid$n_numerator + 1 / grid$n_denominator))
grid <- grid[grid$effect / unit < 37, ]
unit <- unit[as.integer(rownames(grid))]
grid$power <- both_tails(grid$effect / unit, grid$df, grid$alpha)
find <- function(power) mapply(function(df, alpha, unit)
  tryCatch(unit * detectable(df, alpha, power), error = function(e) NA), grid$df, grid$alpha, unit)
grid$detectable_80 <- find(0.8)
grid$detectable_95 <- find(0.95)
write_exact(grid, "power_expected.csv")
