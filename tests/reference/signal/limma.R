# spots_input.csv -> limma_expected.csv: net signals, means of replicates and levels by limma.
suppressPackageStartupMessages(library(limma))
spots <- read.csv("spots_input.csv")
n_spots <- max(spots$spot_column)
columns <- function(name) matrix(spots[[name]], nrow = n_spots)
foreground <- columns("foreground"); background <- columns("background")
left_out <- columns("flag") < 0 | foreground >= 65535
targets <- spots$target[seq_len(n_spots)]
analytes <- grepl("^T", targets)
names_of_targets <- unique(targets[analytes])

rows_of <- function(method, quantity, key, values)
  data.frame(background_method = method, quantity = quantity,
             block = rep(seq_len(ncol(values)), each = nrow(values)),
             key = rep(key, ncol(values)), value = as.vector(values))

one_method <- function(method) {
  raw <- new("EListRaw", list(E = foreground, Eb = background))
  net <- backgroundCorrect(raw, method = method, verbose = FALSE)$E
  kept <- ifelse(left_out, NA, net)
  means <- avedups(kept[analytes, ], ndups = 3, spacing = 1)
  scaled <- suppressWarnings(
    normalizeBetweenArrays(new("EListRaw", list(E = means)), method = "scale")$E)
  quantiled <- suppressWarnings(
    normalizeBetweenArrays(new("EListRaw", list(E = means)), method = "quantile")$E)
  rbind(rows_of(method, "net_afu", seq_len(n_spots), net),
        rows_of(method, "mean_afu", names_of_targets, means),
        rows_of(method, "level_log2", names_of_targets, scaled),
        rows_of(method, "quantile_log2", names_of_targets, quantiled))
}

out <- do.call(rbind, lapply(c("none", "subtract", "half", "minimum"), one_method))
out$value <- ifelse(is.finite(out$value), sprintf("%.17g", out$value), "NA")
write.csv(out, "limma_expected.csv", row.names = FALSE, quote = FALSE)
