# Rank and partial correlations, change on change -> correlations_expected.csv
source("lib.R")
source("lib_studies.R")

# Like t.test, lm is not asked where the spread is rounding error or no degree of freedom is left.
steady <- function(v) isTRUE(sd(v) <= rounding * abs(mean(v)))
spearman_row <- function(x, y) attempt({
  both <- !is.na(x) & !is.na(y)
  x <- x[both]; y <- y[both]; n <- length(x)
  if (n < 3 || steady(x) || steady(y)) stop("too few or constant")
  h <- cor.test(x, y, method = "spearman", exact = FALSE)
  rho <- h$estimate
  ci <- if (n > 3) tanh(atanh(rho) + c(-1, 1) * qnorm(0.975) * sqrt((1 + rho^2 / 2) / (n - 3))) else c(NA, NA)
  t <- rho * sqrt((n - 2) / (1 - rho^2))
  if (abs(rho) > 1 - rounding) row_of(rho) else row_of(rho, ci, t, n - 2, NA, h$p.value)
})
# The last term of a linear model: slope, interval, t, p; partial r = t / sqrt(t² + df).
last_term <- function(response, terms) {
  d <- data.frame(response = response, terms)
  d <- d[complete.cases(d), ]
  if (nrow(d) < ncol(d) + 1 || any(sapply(d, steady))) stop("too few or constant")
  fit <- lm(response ~ ., d)
  s <- summary(fit)
  row <- tail(s$coefficients, 1)
  if (any(is.na(coef(fit))) || sqrt(sum(resid(fit)^2)) <= 1e-12 * sqrt(sum(d$response^2))) stop("singular")
  list(slope = row[1], ci = tail(confint(fit), 1), t = row[3], df = fit$df.residual, p = row[4],
       n = nrow(d), r = row[3] / sqrt(row[3]^2 + fit$df.residual))
}
partial_row <- function(x, score, covariates) attempt({
  f <- last_term(x, data.frame(covariates, score))
  k <- ncol(covariates)
  ci <- if (f$n - 3 - k > 0) tanh(atanh(f$r) + c(-1, 1) * qnorm(0.975) / sqrt(f$n - 3 - k)) else c(NA, NA)
  row_of(f$r, ci, f$t, f$df, NA, f$p)
})
# df_denominator holds the partial correlation.
change_row <- function(before, after, score_before, score_after) attempt({
  f <- last_term(after, data.frame(before, score_before, change = score_after - score_before))
  row_of(f$slope, f$ci, f$t, f$df, f$r, f$p)
})
# Partial r of level after and score's change with both baselines held, by values or by ranks; the
# interval by Fisher's z, for ranks with Bonett and Wright's factor.
changes_row <- function(before, after, score_before, score_after, ranked) attempt({
  # Scores have one decimal, so equal changes tie as whole tenths.
  change <- (round(score_after * 10) - round(score_before * 10)) / 10
  d <- data.frame(after, before, score_before, change)
  d <- d[complete.cases(d), ]
  if (ranked) d[] <- lapply(d, rank)
  f <- last_term(d$after, d[c("before", "score_before", "change")])
  factor <- if (ranked) sqrt(1 + f$r^2 / 2) else 1
  ci <- if (f$n > 5) tanh(atanh(f$r) + c(-1, 1) * qnorm(0.975) * factor / sqrt(f$n - 5)) else c(NA, NA)
  row_of(f$r, ci, f$t, f$df, NA, f$p)
})

tests <- function(s, each) {
  i <- seq_len(nrow(s$before))
  covariates <- data.frame(a = i %% 5, b = i^2 %% 7)
  rbind(
    block("score", "spearman", "", each(function(t) spearman_row(s$before[, t], s$score_before))),
    block("score", "pearson", "two covariates", each(function(t)
      partial_row(s$before[, t], s$score_before, covariates))),
    if (!is.null(s$score_after)) block("change", "change_on_change", "", each(function(t)
      change_row(s$before[, t], s$after[, t], s$score_before, s$score_after))),
    if (!is.null(s$score_after)) block("change", "pearson", "changes", each(function(t)
      changes_row(s$before[, t], s$after[, t], s$score_before, s$score_after, FALSE))),
    if (!is.null(s$score_after)) block("change", "spearman", "changes", each(function(t)
      changes_row(s$before[, t], s$after[, t], s$score_before, s$score_after, TRUE)))
  )
}
write_studies(tests, "correlations")
