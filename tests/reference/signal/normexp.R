# arrays_input.csv, real slides -> *_normexp_fits_expected.csv, *_normexp_signals_expected.csv:
# limma's fits (the exact likelihood, and the saddle-point that is its default), its signals.
source("lib_arrays.R")
METHODS <- c("mle", "saddle")

fits_of <- function(net, method) lapply(seq_len(ncol(net)), function(a)
  suppressWarnings(normexp.fit(net[, a], method = method)))

write_both(function(net) do.call(rbind, lapply(METHODS, function(method) {
  fits <- fits_of(net, method)
  par <- t(sapply(fits, function(f) as.vector(f$par)))
  data.frame(method, array = colnames(net), mu_afu = par[, 1], log_sigma = par[, 2],
             log_alpha = par[, 3], m2loglik = sapply(fits, function(f) f$m2loglik))
})), "normexp_fits")

write_both(function(net) do.call(rbind, lapply(METHODS, function(method) {
  fits <- fits_of(net, method)
  signal <- sapply(seq_len(ncol(net)), function(a) normexp.signal(as.vector(fits[[a]]$par), net[, a]))
  data.frame(method, array = rep(colnames(net), each = nrow(net)),
             spot = rep(seq_len(nrow(net)), ncol(net)), signal_afu = as.vector(signal))
})), "normexp_signals")
