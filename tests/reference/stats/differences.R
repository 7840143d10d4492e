# Standardised differences by the formulas of Austin 2009 and of Yang & Dalton 2012, on counts and
# numbers from Lehmer's generator -> differences_expected.csv
source("lib.R")
state <- 20090101
draw <- function(n) vapply(seq_len(n), function(i) {
  state <<- (state * 16807) %% 2147483647
  state / 2147483647
}, 0)
of_numbers <- function(a, b) (mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2)
of_two <- function(p, q) (p[1] - q[1]) / sqrt((p[1] * (1 - p[1]) + q[1] * (1 - q[1])) / 2)
covariance <- function(p) { s <- -outer(p, p); diag(s) <- p * (1 - p); s }
# The first class is left out here, the last one in Python: the distance is the same.
of_many <- function(p, q) {
  s <- (covariance(p[-1]) + covariance(q[-1])) / 2
  sqrt(drop(t(p[-1] - q[-1]) %*% solve(s) %*% (p[-1] - q[-1])))
}
rows <- list()
for (case in 1:60) {
  k <- 2 + case %% 4
  first <- 1 + floor(40 * draw(k))
  second <- 1 + floor(12 * draw(k))
  if (case %% 5 == 0) first[k] <- 0
  p <- first / sum(first); q <- second / sum(second)
  rows[[length(rows) + 1]] <- data.frame(kind = "shares", first = paste(first, collapse = " "),
    second = paste(second, collapse = " "), difference = if (k == 2) of_two(p, q) else of_many(p, q))
}
for (case in 1:30) {
  first <- round(40 + 30 * draw(2 + case), 2)
  second <- round(50 + 20 * draw(2 + case %% 7), 2)
  rows[[length(rows) + 1]] <- data.frame(kind = "numbers", first = paste(first, collapse = " "),
    second = paste(second, collapse = " "), difference = of_numbers(first, second))
}
write_exact(do.call(rbind, rows), "differences_expected.csv")
