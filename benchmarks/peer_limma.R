# Reads every file of a folder as limma does; prints the sums of foreground and background.
suppressMessages(library(limma))
folder <- commandArgs(TRUE)[1]
files <- sort(list.files(folder, pattern = "[.]gpr$", full.names = TRUE))
arrays <- read.maimages(
  files, source = "genepix", green.only = TRUE, verbose = FALSE,
  columns = list(E = "F532 Median", Eb = "B532 Median")
)
cat(sprintf(
  '{"foreground": %.0f, "background": %.0f, "spots": %d, "versions": "R %s, limma %s"}\n',
  sum(arrays$E), sum(arrays$Eb), length(arrays$E),
  paste(R.version$major, R.version$minor, sep = "."), packageVersion("limma")
))
