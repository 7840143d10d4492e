# lmFit, contrasts.fit and eBayes by limma on a matrix in memory; times one analysis of many.
suppressMessages(library(limma))
arguments <- commandArgs(TRUE)
n_targets <- as.integer(arguments[2]); n_samples <- as.integer(arguments[3])
n_times <- as.integer(arguments[4])
levels <- matrix(readBin(arguments[1], "double", n_targets * n_samples), nrow = n_targets)
groups <- factor(rep(c("A", "B", "C"), length.out = n_samples))
design <- model.matrix(~ 0 + groups)
contrasts <- cbind(a_vs_c = c(1, 0, -1), b_vs_c = c(0, 1, -1), b_vs_a = c(-1, 1, 0))
analysis <- function() eBayes(contrasts.fit(lmFit(levels, design), contrasts))
found <- analysis()
began <- proc.time()
for (i in seq_len(n_times)) found <- analysis()
used <- proc.time() - began
cat(sprintf(paste0(
  '{"cpu": %.9g, "wall": %.9g, "t": %.17g, "p": %.17g, "variance": %.17g, "n": %d, ',
  '"versions": "R %s, limma %s"}\n'),
  (used[["user.self"]] + used[["sys.self"]]) / n_times, used[["elapsed"]] / n_times,
  sum(abs(found$t), na.rm = TRUE), sum(found$p.value, na.rm = TRUE), sum(found$s2.post),
  sum(!is.na(found$p.value)), paste(R.version$major, R.version$minor, sep = "."),
  packageVersion("limma")))
