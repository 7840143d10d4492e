# Odds ratios of counts -> odds_ratios_expected.csv (independent arms: exact, Firth),
# mcnemar_expected.csv (pairs). fisher.test searches at 1e-4, so the noncentral hypergeometric
# distribution stands here in full; its p is fisher.test's own.
source("lib.R")
source("lib_firth.R")

confidence <- 0.95
tail_p <- (1 - confidence) / 2
exact <- function(a, b, c, d) {
  x <- max(0, a - d):min(a + b, a + c)
  base <- lchoose(a + b, x) + lchoose(c + d, a + c - x)
  share <- function(log_ratio) {
    w <- base + x * log_ratio
    w <- exp(w - max(w))
    w / sum(w)
  }
  root <- function(f) {
    reach <- 1
    while (f(-reach) > 0 || f(reach) < 0) reach <- 2 * reach
    exp(uniroot(f, c(-reach, reach), tol = 1e-13)$root)
  }
  least <- a == min(x); most <- a == max(x)
  at_or_above <- function(t) sum(share(t)[x >= a])
  at_or_below <- function(t) sum(share(t)[x <= a])
  c(estimate = if (least) 0 else if (most) Inf else root(function(t) sum(x * share(t)) - a),
    low = if (least) 0 else root(function(t) log(at_or_above(t) / tail_p)),
    high = if (most) Inf else root(function(t) log(tail_p / at_or_below(t))),
    p = min(1, 2 * min(at_or_above(0), at_or_below(0))),
    p_fisher = fisher.test(matrix(c(a, b, c, d), 2, byrow = TRUE))$p.value)
}
firth <- function(a, b, c, d) {
  X <- cbind(1, rep(c(0.5, -0.5), c(a + b, c + d)))
  f <- firth_profile(X, rep(c(1, 0, 1, 0), c(a, b, c, d)), 2)
  c(exp(f[c("estimate", "low", "high")]), p = f[["p"]], p_fisher = NA)
}
tables <- rbind(
  expand.grid(a = 0:4, b = 4, c = 0:3, d = 3)[-1, ],
  data.frame(a = c(8, 0, 24, 13, 5, 1, 0, 30), b = c(22, 30, 6, 17, 25, 9, 10, 70),
             c = c(17, 24, 0, 21, 5, 12, 3, 20), d = c(13, 6, 30, 9, 5, 18, 27, 80))
)
rows <- do.call(rbind, apply(tables, 1, function(t) {
  a <- t[["a"]]; b <- t[["b"]]; c <- t[["c"]]; d <- t[["d"]]
  data.frame(method = c("exact_odds_ratio", "firth_odds_ratio"), a, b, c, d,
             rbind(exact(a, b, c, d), firth(a, b, c, d)))
}))
write_exact(rows, "odds_ratios_expected.csv")

pairs <- rbind(expand.grid(gained = 0:9, lost = 0:9)[-1, ],
               data.frame(gained = c(0, 30, 2, 55, 300), lost = c(30, 0, 25, 31, 200)))
paired <- do.call(rbind, apply(pairs, 1, function(t) {
  h <- binom.test(t[["gained"]], sum(t), conf.level = confidence)
  data.frame(gained = t[["gained"]], lost = t[["lost"]],
             estimate = t[["gained"]] / t[["lost"]],
             low = h$conf.int[1] / (1 - h$conf.int[1]), high = h$conf.int[2] / (1 - h$conf.int[2]),
             p = h$p.value)
}))
write_exact(paired, "mcnemar_expected.csv")
