# The studies of lib_studies.R, clustered and decomposed by hclust and prcomp
#   -> ordination_trees_expected.csv, ordination_components_expected.csv (and _khan_)
source("lib.R"); source("lib_studies.R")

# Left out until nothing changes: what has half of its levels or fewer, and targets without spread.
kept <- function(levels) {
  repeat {
    before <- dim(levels)
    spread <- apply(levels, 2, sd, na.rm = TRUE)
    height <- abs(colMeans(levels, na.rm = TRUE))
    flat <- is.na(spread) | spread <= 10 * .Machine$double.eps * height
    levels <- levels[, colMeans(!is.na(levels)) > 0.5 & !flat, drop = FALSE]
    levels <- levels[rowMeans(!is.na(levels)) > 0.5, , drop = FALSE]
    if (all(dim(levels) == before)) return(levels)
  }
}
samples_of <- function(s) {
  arms <- list(x = s$before, y = s$after, z = s$groups[[length(s$groups)]])
  if (is.null(s$score_after)) arms$z <- NULL # Khan: the bands are the patients of `before`
  levels <- do.call(rbind, arms)
  rownames(levels) <- unlist(lapply(names(arms), function(a)
    sprintf("%s%03d", a, seq_len(nrow(arms[[a]])))))
  levels
}
tree_rows <- function(items, axis, every) {
  if (nrow(items) < 2) return(NULL)
  d <- dist(items)^2
  tree <- hclust(d, method = "average")
  steps <- seq_along(tree$height)
  fit <- if (length(steps) > 1) suppressWarnings(cor(cophenetic(tree), d)) else NA
  out <- data.frame(axis = axis, step = steps, left = tree$merge[, 1], right = tree$merge[, 2],
                    height = tree$height, leaf = rownames(items)[tree$order][steps],
                    cophenetic = fit)
  out[steps %% every == 0, ]
}
component_rows <- function(z, every) {
  z[is.na(z)] <- 0
  fit <- prcomp(z, center = TRUE, scale. = FALSE)
  n <- min(5, sum(fit$sdev > 1e-10 * fit$sdev[1]))
  do.call(rbind, lapply(seq_len(n), function(k) {
    loading <- fit$rotation[, k]
    sign <- if (loading[which(abs(loading) >= max(abs(loading)) * (1 - 1e-6))[1]] < 0) -1 else 1
    targets <- data.frame(component = k, axis = "targets", item = colnames(z), value = sign * loading)
    samples <- data.frame(component = k, axis = "samples", item = rownames(z),
                          value = sign * fit$x[, k])
    rows <- rbind(targets[seq_len(nrow(targets)) %% every == 0, ], samples)
    cbind(rows, explained = fit$sdev[k]^2 / sum(fit$sdev^2))
  }))
}
write_ordination <- function(studies, name) {
  studies <- lapply(studies, function(s) scale(kept(samples_of(s))))
  studies <- studies[vapply(studies, function(z) all(dim(z) > 1), TRUE)]
  of_all <- function(f) do.call(rbind, lapply(names(studies), function(s)
    cbind(study = s, f(studies[[s]], if (s == "panel") 50 else 1))))
  write_exact(of_all(function(z, every) rbind(tree_rows(t(z), "targets", every),
                                              tree_rows(z, "samples", 1))),
              paste0(name, "_trees_expected.csv"))
  write_exact(of_all(component_rows), paste0(name, "_components_expected.csv"))
}
write_ordination(committed_studies(), "ordination")
if (dir.exists(khan_folder)) {
  write_ordination(list(khan = khan_study()), "ordination_khan")
} else {
  message("ordination: ../shared is absent, ordination_khan_*_expected.csv stay as they are")
}
