# Random panels of variances, drawn here -> variance_prior_expected.csv: limma's plain and robust
# prior. Unequal df, outliers, zero variances, few targets, prior df from 0.5 to infinity.
source("lib.R")
suppressMessages(library(limma))
set.seed(20170105)
draw <- function(i) {
  n <- sample(c(3, 4, 6, 9, 10, 15, 25, 60), 1)
  df <- if (i %% 2) rep(sample(c(1, 4, 28, 68), 1), n) else sample(sample(1:30, 4), n, TRUE)
  variance <- exp(rnorm(1)) * rf(n, df, sample(c(0.5, 2, 4, 10, 40, 1e7, 1e7, 1e7), 1))
  odd <- if (n > 9) seq_len(sample(0:3, 1)) else integer()
  variance[odd] <- variance[odd] * exp(runif(length(odd), 0, 6))
  if (i %% 10 == 0) variance[n] <- 0
  prior <- function(robust) suppressWarnings(squeezeVar(variance, df, robust = robust))
  plain <- prior(FALSE); robust <- prior(TRUE)
  data.frame(panel = i, variance, df, plain_variance = plain$var.prior, plain_df = plain$df.prior,
             robust_variance = robust$var.prior, robust_df = robust$df.prior)
}
write_exact(do.call(rbind, lapply(1:120, draw)), "variance_prior_expected.csv")
