# Shared by moderated.R, treat.R and block.R: one row per target, made with limma.
source("lib.R")
source("lib_studies.R")
suppressMessages(library(limma))

# contrasts.fit approximates where levels are missing and the design is not orthogonal. Here the
# difference is itself a coefficient, the last one, so that lmFit's own standard error stands.
# limma refuses a target without any level where the prior follows the mean: such targets are left
# out and come back as NA.
numbers <- c("statistic", "df", "p_value", "prior_df", "prior_variance", "posterior_variance")
limma_rows <- function(levels, design, test) {
  m <- t(as.matrix(levels))
  told <- rowSums(!is.na(m)) > 0
  out <- matrix(NA_real_, nrow(m), length(numbers), dimnames = list(rownames(m), numbers))
  out[told, ] <- suppressWarnings(test(lmFit(m[told, , drop = FALSE], design)))
  out
}
moderated_test <- function(trend, robust) function(fit) {
  last <- ncol(fit$coefficients)
  e <- tryCatch(eBayes(fit, trend = trend, robust = robust), error = function(e) NULL)
  if (is.null(e)) return(NA_real_)
  n <- nrow(fit$coefficients)
  cbind(e$t[, last], rep(e$df.total, length.out = n), e$p.value[, last],
        rep(e$df.prior, length.out = n), rep(e$s2.prior, length.out = n), e$s2.post)
}
# treat stops at a difference that cannot be estimated; its variance enters the prior all the same.
treat_test <- function(trend, robust) function(fit) {
  last <- ncol(fit$coefficients)
  lost <- is.na(fit$coefficients[, last])
  fit$coefficients[is.na(fit$coefficients)] <- 0
  e <- treat(fit, lfc = log2(1.5), trend = trend, robust = robust)
  n <- nrow(fit$coefficients)
  out <- cbind(e$t[, last], rep(e$df.total, length.out = n), e$p.value[, last],
               rep(e$df.prior, length.out = n), rep(e$s2.prior, length.out = n), e$s2.post)
  out[lost, 1:3] <- NA
  out
}

groups_rows <- function(x, z, test, covariate = NULL) {
  design <- cbind(1, covariate, rep(1:0, c(nrow(x), nrow(z))))
  limma_rows(rbind(x, z), design, test)
}
# Patients as fixed blocks on complete pairs. The variances of differences are twice those of
# single levels, the degrees of freedom are the same.
pairs_rows <- function(y, x, test) {
  lacking <- is.na(y) | is.na(x)
  y[lacking] <- NA; x[lacking] <- NA
  person <- factor(rep(seq_len(nrow(x)), 2))
  design <- cbind(model.matrix(~ 0 + person), rep(1:0, each = nrow(x)))
  out <- limma_rows(rbind(y, x), design, test)
  out[, c("prior_variance", "posterior_variance")] <-
    2 * out[, c("prior_variance", "posterior_variance")]
  out
}
# A covariate for any arm: the number of its row, modulo 5.
row_mod_5 <- function(...) unlist(lapply(list(...), function(arm) seq_len(nrow(arm)) %% 5))

as_block <- function(set, analysis, method, option, rows, thin = seq_len(nrow(rows)))
  data.frame(set = set, analysis = analysis, method = method, option = option,
             target = rownames(rows)[thin], rows[thin, , drop = FALSE])

# Panels that R and Python make alike, bit by bit: Park and Miller's generator, one seed per target,
# twelve uniform numbers for a normal one. limma_inputs.py has the same in Python.
panel <- function(kind, n_targets, n_samples) {
  seed <- (seq_len(n_targets) * 7919) %% 2147483647
  uniform <- function() {
    seed <<- (16807 * seed) %% 2147483647
    seed / 2147483647
  }
  normal <- function() {
    total <- uniform()
    for (i in 2:12) total <- total + uniform()
    total - 6
  }
  for (i in 1:10) uniform()
  height <- 6 + 8 * uniform()
  u <- uniform(); v <- uniform()
  sd <- if (kind == "equal") 0.5 + 0 * u else 0.2 + 0.4 * u + 0.4 * u * v + (10 - height) * 0.02
  if (kind == "outliers") sd[seq(7, n_targets, 97)] <- 6 * sd[seq(7, n_targets, 97)]
  levels <- matrix(0, n_samples, n_targets)
  for (i in seq_len(n_samples)) {
    value <- height + sd * normal()
    is_lost <- uniform() < if (kind == "gaps") 0.05 else 0
    value[is_lost] <- NA
    levels[i, ] <- value
  }
  colnames(levels) <- sprintf("t%04d", seq_len(n_targets))
  levels
}
# As a study: 30 pairs, and 10 others.
made_study <- function(kind, n_targets) {
  levels <- panel(kind, n_targets, 70)
  list(numerator = levels[1:30, ], denominator = levels[61:70, ], before = levels[1:30, ],
       after = levels[31:60, ])
}
