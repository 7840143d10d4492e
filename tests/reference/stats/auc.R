# Area under the ROC curve by pROC, direction fixed, DeLong's variance -> auc_expected.csv
suppressPackageStartupMessages(library(pROC))
source("lib.R")
source("lib_studies.R")

# The interval and p on the logit scale are written out; df holds DeLong's standard error.
auc_row <- function(events, others) attempt({
  events <- events[!is.na(events)]; others <- others[!is.na(others)]
  if (min(length(events), length(others)) < 2) stop("too few")
  curve <- roc(controls = others, cases = events, direction = "<", quiet = TRUE)
  area <- as.numeric(auc(curve))
  if (area <= 0 || area >= 1) return(row_of(area))
  variance <- var(curve, method = "delong")
  if (variance <= 0) return(row_of(area))
  error <- sqrt(variance) / (area * (1 - area))
  z <- qlogis(area) / error
  row_of(area, plogis(qlogis(area) + c(-1, 1) * qnorm(0.975) * error), z, sqrt(variance), NA,
         2 * pnorm(-abs(z)))
})
tests <- function(s, each)
  block("arms", "auc", "", each(function(t) auc_row(s$numerator[, t], s$denominator[, t])))
write_studies(tests, "auc")
