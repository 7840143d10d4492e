# Firth's logistic regression from its formulas (Firth 1993; Heinze & Schemper 2002): there is no
# package for it in Debian. log L + log det(X'WX) / 2 is climbed by its own slope
# X'(y - p + h (1/2 - p)), h the diagonal of the hat matrix; a held coefficient keeps the penalty.

firth_level <- function(beta, X, y) {
  eta <- drop(X %*% beta)
  w <- plogis(eta) * plogis(-eta)
  sum(plogis(ifelse(y == 1, eta, -eta), log.p = TRUE)) +
    as.numeric(determinant(crossprod(X * sqrt(w)))$modulus) / 2
}
firth_climb <- function(beta, X, y, free) {
  if (!any(free)) return(beta)
  level <- firth_level(beta, X, y)
  for (i in 1:3000) {
    p <- plogis(drop(X %*% beta)); w <- p * (1 - p)
    information <- crossprod(X * sqrt(w))
    h <- rowSums((X %*% solve(information)) * X) * w
    slope <- crossprod(X, y - p + h * (1 / 2 - p))[free]
    # Half of Fisher's step: with few rows the whole one swings from side to side.
    step <- numeric(length(beta))
    step[free] <- solve(information[free, free, drop = FALSE], slope) / 2
    step <- step * min(1, 2 / max(abs(step)))
    repeat {
      found <- firth_level(beta + step, X, y)
      if (is.finite(found) && found >= level - 1e-12) break
      step <- step / 2
      if (max(abs(step)) < 1e-16) break
    }
    beta <- beta + step; level <- firth_level(beta, X, y)
    if (max(abs(step)) < 1e-13) break
  }
  beta
}
# Estimate, bounds and p of column j; the maximum is compared with a search that knows no slope.
firth_profile <- function(X, y, j, confidence = 0.95) {
  k <- ncol(X); free <- seq_len(k) != j
  best <- firth_climb(numeric(k), X, y, rep(TRUE, k))
  top <- firth_level(best, X, y)
  other <- optim(best + 0.3, firth_level, X = X, y = y, control = list(fnscale = -1, maxit = 5000))
  stopifnot(top >= other$value - 1e-9)
  # Where the outcomes are separated the others may have several hills: two ways up.
  p <- plogis(drop(X %*% best))
  away <- solve(crossprod(X * sqrt(p * (1 - p))))[, j]
  ratio <- function(value) {
    starts <- list(best, best + (value - best[j]) * away / away[j])
    levels <- sapply(starts, function(start) {
      start[j] <- value
      if (!is.finite(firth_level(start, X, y))) return(-Inf)
      firth_level(firth_climb(start, X, y, free), X, y)
    })
    2 * (top - max(levels))
  }
  beyond <- function(value) ratio(value) - qchisq(confidence, 1)
  bound <- function(side) {
    away <- side
    while (beyond(best[j] + away) < 0) away <- 2 * away
    uniroot(beyond, sort(c(best[j], best[j] + away)), tol = 1e-12)$root
  }
  at_none <- max(ratio(0), 0)
  c(estimate = best[j], low = bound(-1), high = bound(1), ratio = at_none,
    p = pchisq(at_none, 1, lower.tail = FALSE))
}
