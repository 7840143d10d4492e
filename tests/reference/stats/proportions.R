# Exact intervals of proportions, by R's binom.test -> proportions_expected.csv
source("lib.R")
grid <- do.call(rbind, lapply(c(1, 2, 3, 5, 10, 13, 30, 67, 146, 1000), function(n)
  data.frame(n_events = unique(round(n * c(0, 0.01, 0.1, 0.3, 0.5, 0.9, 1))), n = n)))
grid <- merge(grid, data.frame(confidence = c(0.8, 0.95, 0.999)))
bounds <- mapply(function(x, n, level) binom.test(x, n, conf.level = level)$conf.int,
                 grid$n_events, grid$n, grid$confidence)
grid$ci_low <- bounds[1, ]
grid$ci_high <- bounds[2, ]
write_exact(grid, "proportions_expected.csv")
