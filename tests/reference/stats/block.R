# The studies of lib_studies.R -> block_expected.csv, block_consensus_expected.csv
source("lib_limma.R")
suppressMessages(library(statmod))

# duplicateCorrelation stops each fit after 20 steps or at a change of 1e-6, some 1e-4 short of the
# optimum. The same fits of statmod, run to convergence, are the reference of the correlations.
converged <- function(m, design, block) {
  lowest <- 1 / (1 - max(table(block))) + 0.01
  own <- apply(m, 1, function(y) {
    o <- is.finite(y)
    a <- factor(block[o])
    if (!(sum(o) > ncol(design) + 2 && nlevels(a) > 1 && nlevels(a) < sum(o) - 1)) return(NA)
    v <- tryCatch(mixedModel2Fit(y[o], design[o, , drop = FALSE], model.matrix(~ 0 + a),
                                 only.varcomp = TRUE, tol = 1e-14, maxit = 5000)$varcomp,
                  error = function(e) c(NA, NA))
    min(max(v[[2]] / sum(v), lowest), 0.99)
  })
  c(consensus = tanh(mean(atanh(own), trim = 0.15, na.rm = TRUE)), own)
}

# Arms x and y hold the same patients (in the demo A and B), z others. Every contrast is a
# coefficient of its own parametrisation: contrasts.fit approximates where levels are missing.
pairs <- list(y_vs_x = c("y", "x"), x_vs_z = c("x", "z"), y_vs_z = c("y", "z"))
block_study <- function(name, s) {
  arms <- list(x = s$before, y = s$after, z = s$groups[[3]])
  m <- t(do.call(rbind, arms))
  if (name == "panel") m <- m[seq(10, n_panel, by = 10), ]
  m <- m[rowSums(!is.na(m)) > 0, , drop = FALSE]
  arm <- rep(names(arms), sapply(arms, nrow))
  persons <- sprintf("p%03d", seq_len(nrow(s$before)))
  block <- c(persons, persons, sprintf("q%03d", seq_len(nrow(arms$z))))
  design <- model.matrix(~ 0 + arm)
  dc <- suppressWarnings(duplicateCorrelation(m, design, block = block))
  consensus <- dc$consensus.correlation
  rows <- do.call(rbind, lapply(names(pairs), function(contrast) {
    p <- pairs[[contrast]]
    third <- setdiff(names(arms), p)
    of <- cbind(1, as.numeric(arm == third), as.numeric(arm == p[[1]]))
    fit <- suppressWarnings(lmFit(m, of, block = block, correlation = consensus))
    e <- eBayes(fit)
    n <- nrow(m)
    data.frame(study = name, contrast = contrast, target = rownames(m), estimate = e$coefficients[, 3],
               statistic = e$t[, 3], df = rep(e$df.total, length.out = n), p_value = e$p.value[, 3],
               prior_df = rep(e$df.prior, length.out = n),
               prior_variance = rep(e$s2.prior, length.out = n), posterior_variance = e$s2.post)
  }))
  list(rows = rows, consensus = data.frame(study = name, target = c("consensus", rownames(m)),
                                           limma = c(consensus, tanh(dc$atanh.correlations)),
                                           converged = converged(m, design, block)))
}

# `special` has targets of constants, which limma's REML does not survive.
studies <- committed_studies()
studies$special <- NULL
found <- lapply(names(studies), function(name) block_study(name, studies[[name]]))
write_exact(do.call(rbind, lapply(found, function(f) f$rows)), "block_expected.csv")
write_exact(do.call(rbind, lapply(found, function(f) f$consensus)), "block_consensus_expected.csv")
if (dir.exists(khan_folder)) {
  s <- khan_study()
  s$groups[[3]] <- s$groups[[3]][0, , drop = FALSE]
  m <- t(rbind(s$before, s$after))
  m <- m[rowSums(!is.na(m)) > 0, ]
  visit <- rep(0:1, each = nrow(s$before))
  block <- rep(rownames(s$before), 2)
  design <- cbind(1, visit)
  dc <- suppressWarnings(duplicateCorrelation(m, design, block = block))
  e <- eBayes(suppressWarnings(lmFit(m, design, block = block,
                                     correlation = dc$consensus.correlation)))
  write_exact(data.frame(target = c("consensus", rownames(m)),
                         limma = c(dc$consensus.correlation, tanh(dc$atanh.correlations)),
                         converged = converged(m, design, block),
                         statistic = c(NA, e$t[, 2]), p_value = c(NA, e$p.value[, 2])),
              "block_khan_expected.csv")
} else {
  message("block: ../shared is absent, block_khan_expected.csv stays as it is")
}
