# Background, duplicates, median and quantile by limma on matrices in memory; times the stages alone.
suppressMessages(library(limma))
folder <- commandArgs(TRUE)[1]
n_spots <- 160
read_one <- function(name) {
  path <- file.path(folder, name)
  matrix(as.double(readBin(path, "integer", file.size(path) / 4, size = 4)), nrow = n_spots)
}
foreground <- read_one("foreground.bin"); background <- read_one("background.bin")
timed <- function(expression) {
  began <- proc.time(); value <- force(expression); used <- proc.time() - began
  list(value = value, cpu = used[["user.self"]] + used[["sys.self"]], wall = used[["elapsed"]])
}
median_stage <- timed({
  net <- backgroundCorrect(new("EListRaw", list(E = foreground, Eb = background)),
                           method = "subtract", verbose = FALSE)$E
  means <- avedups(net, ndups = 2, spacing = 1)
  suppressWarnings(normalizeBetweenArrays(new("EListRaw", list(E = means)), method = "scale")$E)
})
quantile_stage <- timed(suppressWarnings(
  normalizeBetweenArrays(new("EListRaw", list(E = means)), method = "quantile")$E))
told <- function(values) values[is.finite(values)]
cat(sprintf(paste0(
  '{"median_cpu": %.4f, "median_wall": %.4f, "quantile_cpu": %.4f, "quantile_wall": %.4f, ',
  '"median_sum": %.17g, "quantile_sum": %.17g, "n": %d, "versions": "R %s, limma %s"}\n'),
  median_stage$cpu, median_stage$wall, quantile_stage$cpu, quantile_stage$wall,
  sum(told(median_stage$value)), sum(told(quantile_stage$value)),
  length(told(median_stage$value)),
  paste(R.version$major, R.version$minor, sep = "."), packageVersion("limma")))
