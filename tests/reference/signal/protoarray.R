# The 10 distinct slides of ../shared/gpr/protoarray -> protoarray_expected.csv
# Channel 635. One slide is one array; two spots printed side by side are one target.
folder <- "../../../../shared/gpr/protoarray"
if (!dir.exists(folder)) {
  message("protoarray.R: ../shared is absent, protoarray_expected.csv stays as it is")
  quit(status = 0)
}
suppressPackageStartupMessages(library(limma))
files <- list.files(folder, pattern = "[.]gpr$", full.names = TRUE)
files <- sort(files[!grepl("_no_descr", files)], method = "radix")

read_slide <- function(path) {
  lines <- readLines(path, encoding = "latin1", warn = FALSE)
  first <- grep("^\"?Block", lines)[[1]]
  spots <- read.delim(text = lines[first:length(lines)], check.names = FALSE, quote = "\"")
  spots[order(spots$Block, spots$Row, spots$Column), ]
}
slides <- lapply(files, read_slide)
columns <- function(name) sapply(slides, function(s) as.numeric(s[[name]]))
foreground <- columns("F635 Median"); background <- columns("B635 Median")
left_out <- columns("Flags") < 0 | foreground >= 65535 | columns("F635 % Sat.") > 50

one_method <- function(method) {
  raw <- new("EListRaw", list(E = foreground, Eb = background))
  net <- backgroundCorrect(raw, method = method, verbose = FALSE)$E
  means <- avedups(ifelse(left_out, NA, net), ndups = 2, spacing = 1)
  levels <- suppressWarnings(
    normalizeBetweenArrays(new("EListRaw", list(E = means)), method = "scale")$E)
  quantiled <- suppressWarnings(
    normalizeBetweenArrays(new("EListRaw", list(E = means)), method = "quantile")$E)
  out <- data.frame(as.vector(means), as.vector(levels), as.vector(quantiled))
  out[] <- lapply(out, function(v) ifelse(is.finite(v), sprintf("%.17g", v), "NA"))
  setNames(out, paste(c("mean_afu", "level_log2", "quantile_log2"), method, sep = "_"))
}
n_pairs <- nrow(foreground) / 2
slide_ids <- sub("[.]gpr$", "", basename(files))
out <- cbind(slide_id = rep(slide_ids, each = n_pairs),
             target_id = rep(sprintf("D%03d", seq_len(n_pairs)), length(files)),
             do.call(cbind, lapply(c("none", "subtract", "half", "minimum"), one_method)))
write.csv(out, "protoarray_expected.csv", row.names = FALSE, quote = FALSE)
