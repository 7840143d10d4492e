# Rank tests -> ranks_expected.csv
source("lib.R")
source("lib_studies.R")

# Bounds stand only where order statistics reach 95 %: wilcox.test gives the extremes of its data
# where they do not. `exact` as wilcox.test decides; `sigma` after a shift, which keeps only the
# ties within an arm.
ties <- function(...) sum(sapply(list(...), function(v) sum(table(v)^3 - table(v))))
reached <- function(exact, smallest_tail, n_candidates, sigma) {
  if (exact) 2 * smallest_tail <= 0.05
  else ceiling(n_candidates / 2 - 0.5 - qnorm(0.975) * sigma) >= 1
}

interval <- function(test, reached) {
  h <- tryCatch(suppressWarnings(test(conf.int = TRUE)), error = function(e) NULL)
  if (is.null(h)) return(list(NA, c(NA, NA)))
  list(h$estimate, if (reached) h$conf.int else c(NA, NA))
}
rank_row <- function(test, reached) {
  h <- suppressWarnings(test(conf.int = FALSE))
  if (is.nan(h$p.value)) stop("all values agree")
  found <- interval(test, reached)
  row_of(found[[1]], found[[2]], h$statistic, NA, NA, h$p.value)
}
mann_whitney <- function(x, y) attempt({
  x <- x[!is.na(x)]; y <- y[!is.na(y)]
  m <- length(x); n <- length(y); N <- m + n
  exact <- m < 50 && n < 50 && !anyDuplicated(c(x, y))
  sigma <- sqrt(m * n / 12 * ((N + 1) - ties(x, y) / (N * (N - 1))))
  rank_row(function(...) wilcox.test(x, y, ...), reached(exact, pwilcox(0, m, n), m * n, sigma))
})
signed_rank <- function(x, y) attempt({
  d <- (x - y)[!is.na(x - y)]
  zeros <- any(d == 0)
  d <- d[d != 0]
  n <- length(d)
  exact <- n < 50 && !zeros && !anyDuplicated(abs(d))
  sigma <- sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties(d) / 48)
  rank_row(function(...) wilcox.test(c(d, if (zeros) 0), ...),
           reached(exact, psignrank(0, n), n * (n + 1) / 2, sigma))
})
# The Hodges–Lehmann estimate by its definition, and the middle candidates: where they differ,
# wilcox.test's search (not exact) may end anywhere between them.
median_row <- function(candidates) attempt({
  sorted <- sort(candidates)
  n <- length(sorted)
  if (n == 0) stop("no candidates")
  row_of(median(sorted), sorted[c((n + 1) %/% 2, n %/% 2 + 1)])
})
differences <- function(x, y) outer(x[!is.na(x)], y[!is.na(y)], "-")
averages <- function(d) {
  d <- d[!is.na(d) & d != 0]
  pairs <- outer(d, d, "+") / 2
  pairs[upper.tri(pairs, TRUE)]
}

tests <- function(s, each) rbind(
  block("arms", "mann_whitney", "", each(function(t)
    mann_whitney(s$numerator[, t], s$denominator[, t]))),
  block("arms", "mann_whitney", "estimate", each(function(t)
    median_row(differences(s$numerator[, t], s$denominator[, t])))),
  block("pairs", "wilcoxon_signed_rank", "", each(function(t)
    signed_rank(s$after[, t], s$before[, t]))),
  block("pairs", "wilcoxon_signed_rank", "estimate", each(function(t)
    median_row(averages(s$after[, t] - s$before[, t]))))
)
write_studies(tests, "ranks")
