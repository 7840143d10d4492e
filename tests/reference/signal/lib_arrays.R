# Two batches as net signals, one column per array: our own, and the real slides where present.
suppressPackageStartupMessages(library(limma))

read_protoarray <- function() {
  folder <- "../../../../shared/gpr/protoarray"
  if (!dir.exists(folder)) {
    message("../shared is absent, the expected values of its slides stay as they are")
    return(NULL)
  }
  files <- list.files(folder, pattern = "[.]gpr$", full.names = TRUE)
  files <- sort(files[!grepl("_no_descr", files)], method = "radix")
  one <- function(path) {
    lines <- readLines(path, encoding = "latin1", warn = FALSE)
    first <- grep("^\"?Block", lines)[[1]]
    spots <- read.delim(text = lines[first:length(lines)], check.names = FALSE, quote = "\"")
    spots <- spots[order(spots$Block, spots$Row, spots$Column), ]
    as.numeric(spots[["F635 Median"]]) - as.numeric(spots[["B635 Median"]])
  }
  net <- sapply(files, one)
  colnames(net) <- sub("[.]gpr$", "", basename(files))
  net
}

read_own <- function() {
  spots <- read.csv("arrays_input.csv")
  net <- matrix(spots$net_afu, ncol = max(spots$array))
  colnames(net) <- seq_len(ncol(net))
  net
}

# Two spots one after the other are one target.
pair_means <- function(net) {
  odd <- seq(1, nrow(net), by = 2)
  (net[odd, , drop = FALSE] + net[odd + 1, , drop = FALSE]) / 2
}

# make(net) -> data frame; written for each batch.
write_both <- function(make, name) {
  batches <- list(arrays = read_own(), protoarray = read_protoarray())
  for (batch in names(batches)) {
    if (is.null(batches[[batch]])) next
    out <- make(batches[[batch]])
    numeric <- sapply(out, is.double)
    out[numeric] <- lapply(out[numeric], function(v)
      ifelse(is.finite(v), sprintf("%.17g", v), "NA"))
    write.csv(out, sprintf("%s_%s_expected.csv", batch, name), row.names = FALSE, quote = FALSE)
  }
}
