# arrays_input.csv, real slides -> *_cyclic_loess_expected.csv: limma's cyclic loess of log2 means.
source("lib_arrays.R")

write_both(function(net) {
  means <- pair_means(net)
  levels <- suppressWarnings(ifelse(means > 0, log2(means), NA))
  out <- normalizeCyclicLoess(levels, span = 0.7, iterations = 3, method = "fast")
  data.frame(array = rep(colnames(net), each = nrow(out)), target = rep(seq_len(nrow(out)), ncol(out)),
             level_log2 = as.vector(out))
}, "cyclic_loess")
