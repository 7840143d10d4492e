# Tests of claims from printed figures: t and F from means and SDs, p of 2 x 2 tables, p from
# statistics, p from intervals, and which tables print the founding paper's odds ratios.
# Inputs are drawn here and stand beside their results -> claims_*_expected.csv
source("lib.R")
set.seed(20240417)

# Data with exactly these means and SDs (and correlation), so that R's own tests can be run.
exact <- function(n, mean, sd) mean + sd * as.vector(scale(rnorm(n)))
exact_pairs <- function(n, m1, s1, m2, s2, r) {
  x <- as.vector(scale(rnorm(n)))
  e <- as.vector(scale(residuals(lm(rnorm(n) ~ x))))
  cbind(m1 + s1 * x, m2 + s2 * (r * x + sqrt(1 - r^2) * e))
}
# As var.test, whose own upper tail is 1 - p and ends at 1e-16.
two_sided <- function(f, df)
  2 * min(pf(f, df[1], df[2]), pf(f, df[1], df[2], lower.tail = FALSE))
summaries <- rbind(
  data.frame(mean_1 = c(5.56, 27.00, 48.06), sd_1 = c(1.34, 5.70, 11.94), n_1 = c(30, 30, 30),
             mean_2 = c(3.90, 47.87, 40.5), sd_2 = c(2.31, 9.17, 11.1), n_2 = c(30, 30, 10)),
  data.frame(mean_1 = round(runif(40, 1, 60), 2), sd_1 = round(runif(40, 0.3, 12), 2),
             n_1 = sample(3:80, 40), mean_2 = round(runif(40, 1, 60), 2),
             sd_2 = round(runif(40, 0.3, 12), 2), n_2 = sample(3:80, 40))
)
summaries <- cbind(summaries, do.call(rbind, lapply(seq_len(nrow(summaries)), function(i) {
  s <- summaries[i, ]
  x <- exact(s$n_1, s$mean_1, s$sd_1)
  y <- exact(s$n_2, s$mean_2, s$sd_2)
  student <- t.test(y, x, var.equal = TRUE)
  welch <- t.test(y, x)
  larger <- if (s$sd_1 >= s$sd_2) var.test(x, y) else var.test(y, x)
  paired <- sapply(c(0.3, 0.5, 0.7), function(r) {
    z <- exact_pairs(s$n_1, s$mean_1, s$sd_1, s$mean_2, s$sd_2, r)
    t.test(z[, 2], z[, 1], paired = TRUE)$statistic
  })
  data.frame(student_t = student$statistic, student_p = student$p.value, welch_t = welch$statistic,
             welch_df = welch$parameter, welch_p = welch$p.value, f = larger$statistic,
             f_p = two_sided(larger$statistic, larger$parameter), paired_t_30 = paired[1], paired_t_50 = paired[2],
             paired_t_70 = paired[3])
})))
write_exact(summaries, "claims_summaries_expected.csv")

tables <- rbind(
  data.frame(a = c(8, 0, 14, 3, 1), n_1 = c(30, 30, 40, 12, 9), c = c(17, 24, 31, 3, 0),
             n_2 = c(30, 30, 52, 15, 9)),
  data.frame(a = sample(1:25, 40, TRUE), n_1 = sample(26:60, 40, TRUE),
             c = sample(1:25, 40, TRUE), n_2 = sample(26:60, 40, TRUE))
)
half <- function(t) if (any(t == 0)) t + 0.5 else t
tables <- cbind(tables, do.call(rbind, lapply(seq_len(nrow(tables)), function(i) {
  s <- tables[i, ]
  t <- matrix(c(s$a, s$n_1 - s$a, s$c, s$n_2 - s$c), 2, byrow = TRUE)
  h <- half(t)
  log_or <- log(h[1, 1] * h[2, 2] / (h[1, 2] * h[2, 1]))
  se <- sqrt(sum(1 / h))
  chisq <- function(correct) suppressWarnings(chisq.test(t, correct = correct)$p.value)
  # b and c as discordant pairs of a + c pairs and more.
  pairs <- matrix(c(20, s$a, s$c, 20), 2, byrow = TRUE)
  mcnemar <- function(correct) mcnemar.test(pairs, correct = correct)$p.value
  data.frame(added = ifelse(any(t == 0), 0.5, 0), or = exp(log_or),
             ci_low = exp(log_or - qnorm(0.975) * se), ci_high = exp(log_or + qnorm(0.975) * se),
             wald = 2 * pnorm(-abs(log_or / se)), chi_square = chisq(FALSE),
             chi_square_yates = chisq(TRUE), fisher = fisher.test(t)$p.value,
             mcnemar = mcnemar(FALSE), mcnemar_corrected = mcnemar(TRUE),
             binomial = binom.test(s$a, s$a + s$c)$p.value)
})))
write_exact(tables, "claims_tables_expected.csv")

# Every table of 30 and 30 that prints the two odds ratios with their intervals, rounded.
prints <- function(value, text, decimals) isTRUE(sprintf("%.*f", decimals, value) == text)
search <- function(or, low, high) {
  found <- NULL
  for (added in c(0, 0.5)) for (a in 0:30) for (c in 0:30) {
    t <- c(a, 30 - a, c, 30 - c) + added
    if (any(t == 0)) next
    log_or <- log(t[1] * t[4] / (t[2] * t[3]))
    se <- sqrt(sum(1 / t))
    if (prints(exp(log_or), or, 3) && prints(exp(log_or - qnorm(0.975) * se), low, 3) &&
        prints(exp(log_or + qnorm(0.975) * se), high, 3))
      found <- rbind(found, data.frame(or, events_1 = a, events_2 = c, added))
  }
  found
}
write_exact(rbind(search("0.278", "0.094", "0.823"), search("0.004", "0.000", "0.081")),
            "claims_search_expected.csv")

statistics <- rbind(
  data.frame(statistic = "t", value = c(0.31, 1.98, 3.405, 12.5), df_1 = c(5, 120, 58, 30), df_2 = 0),
  data.frame(statistic = "z", value = c(0.02, 1.96, 3.64, 7.1), df_1 = 0, df_2 = 0),
  data.frame(statistic = "f", value = c(0.4, 2.97, 4.87, 31.2), df_1 = c(1, 29, 2, 3), df_2 = c(8, 29, 89, 200)),
  data.frame(statistic = "chi2", value = c(0.1, 3.84, 5.48, 44.0), df_1 = c(1, 1, 1, 9), df_2 = 0),
  data.frame(statistic = "r", value = c(0.05, 0.31, 0.66, 0.93), df_1 = c(12, 50, 28, 100), df_2 = 0)
)
statistics$p <- mapply(function(s, v, d1, d2) switch(s,
  t = 2 * pt(-v, d1), z = 2 * pnorm(-v), f = pf(v, d1, d2, lower.tail = FALSE),
  chi2 = pchisq(v, d1, lower.tail = FALSE), r = 2 * pt(-v * sqrt(d1 / (1 - v^2)), d1)),
  statistics$statistic, statistics$value, statistics$df_1, statistics$df_2)
write_exact(statistics, "claims_statistics_expected.csv")

intervals <- data.frame(
  estimate = c(0.278, 2.5, 1.2, -1.5, 0.02), ci_low = c(0.094, 1.25, 1.0, -2.31, -0.18),
  ci_high = c(0.823, 5.0, 1.44, -0.69, 0.22), scale = c("ratio", "ratio", "ratio", "difference", "difference"),
  level = c(95, 95, 90, 95, 99), df = c(0, 0, 0, 90, 12))
quantile <- with(intervals, ifelse(df > 0, qt(1 - (1 - level / 100) / 2, pmax(df, 1)), qnorm(1 - (1 - level / 100) / 2)))
at <- function(x) ifelse(intervals$scale == "ratio", log(pmax(x, 1e-9)), x)
intervals$se <- (at(intervals$ci_high) - at(intervals$ci_low)) / (2 * quantile)
z <- at(intervals$estimate) / intervals$se
intervals$p <- ifelse(intervals$df > 0, 2 * pt(-abs(z), pmax(intervals$df, 1)), 2 * pnorm(-abs(z)))
write_exact(intervals, "claims_intervals_expected.csv")
