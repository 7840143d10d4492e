# All pairs of groups -> post_hoc_expected.csv
# R's ptukey is off by up to 1e-4 below six degrees of freedom (with two groups it can be compared
# with pt; SciPy agrees with pt), and qtukey stops at four digits. So the studentised range is
# integrated here over the SD estimate; the range of normals itself, ptukey(df = Inf), is exact to
# 1e-13 (not relatively: no p here is better than that).
source("lib.R")
source("lib_studies.R")
upper_range <- function(q, k, df) {
  half <- df / 2
  f <- function(u) exp(log(2) + half * log(half) - lgamma(half) + df * u - half * exp(2 * u)) *
    ptukey(q * exp(u), k, Inf, lower.tail = FALSE)
  integrate(f, -45 / df - 1 - log1p(q), log1p(sqrt(90 / df)) + 0.5, rel.tol = 1e-11, abs.tol = 1e-14,
            subdivisions = 2000, stop.on.error = FALSE)$value
}
quantile_of <- local({
  known <- new.env()
  function(k, df) {
    key <- paste(k, sprintf("%.17g", df))
    if (is.null(known[[key]])) {
      f <- function(q) log(upper_range(q, k, df) / 0.05)
      known[[key]] <- uniroot(f, sqrt(2) * qt(c(0.975, 1 - 0.025 / choose(k, 2)), df), tol = 1e-10)$root
    }
    known[[key]]
  }
})
pair_row <- function(estimate, error, k, df) {
  q <- estimate / error
  row_of(estimate, estimate + c(-1, 1) * quantile_of(k, df) * error, q, df, NA,
         upper_range(abs(q), k, df))
}
clean <- function(groups) lapply(groups, function(g) g[!is.na(g)])

tukey <- function(groups, i, j) attempt({
  groups <- clean(groups)
  if (any(lengths(groups) < 2)) stop("too few")
  n <- lengths(groups); k <- length(groups)
  sd <- sqrt(sum(sapply(groups, function(g) sum((g - mean(g))^2))) / (sum(n) - k))
  if (sd / sqrt(sum(n)) <= rounding * max(abs(sapply(groups, mean)))) stop("constant")
  own <- pair_row(mean(groups[[i]]) - mean(groups[[j]]), sd * sqrt((1 / n[i] + 1 / n[j]) / 2), k,
                  sum(n) - k)
  # R's own function agrees with the formula as far as it goes.
  h <- TukeyHSD(aov(unlist(groups) ~ labels_of(groups)))[[1]][paste0(i, "-", j), ]
  stopifnot(abs(h["diff"] - own["estimate"]) < 1e-9, abs(h["p adj"] - own["p_value"]) < 1e-5)
  stopifnot(abs(h["lwr"] - own["ci_low"]) < 1e-3 * (1 + abs(own["ci_low"])))
  own
})
games_howell <- function(groups, i, j) attempt({
  k <- length(groups)
  h <- t.test(groups[[i]], groups[[j]])
  pair_row(h$estimate[[1]] - h$estimate[[2]], h$stderr / sqrt(2), k, h$parameter)
})
tests <- function(s, each) {
  targets <- colnames(s$before)
  # An integral for every pair of the whole panel would take half an hour.
  if (length(targets) == n_panel) targets <- targets[seq(50, n_panel, 50)]
  pairs <- combn(length(s$groups), 2, simplify = FALSE)
  of_pair <- function(p) {
    every <- function(f) lapply(setNames(nm = targets), function(t)
      f(lapply(s$groups, function(g) g[, t]), p[2], p[1]))
    name <- paste0(p[2] - 1, "-", p[1] - 1)
    rbind(block("groups", "tukey_hsd", name, every(tukey)),
          block("groups", "games_howell", name, every(games_howell)))
  }
  do.call(rbind, lapply(pairs, of_pair))
}
write_studies(tests, "post_hoc")
