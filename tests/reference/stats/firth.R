# Firth's logistic regression: odds ratio per SD of every target of the designs and the demo
# -> firth_expected.csv, firth_khan_expected.csv; all coefficients of designs -> firth_design_expected.csv
# Nine digits: the search for an optimum leaves the last ones to the machine.
source("lib.R")
source("lib_studies.R")
source("lib_firth.R")

firth_row <- function(x, y) attempt({
  both <- !is.na(x) & !is.na(y)
  x <- x[both]; y <- y[both]
  if (length(x) < 3 || length(unique(y)) < 2 || sd(x) <= rounding * abs(mean(x))) stop("refused")
  f <- firth_profile(cbind(1, (x - mean(x)) / sd(x)), y, 2)
  row_of(exp(f[["estimate"]]), exp(f[c("low", "high")]), f[["ratio"]], 1, NA, f[["p"]])
})
# The event: a score of the median or above.
event_of <- function(score) as.numeric(score >= median(score, na.rm = TRUE))
firth_block <- function(name, s) {
  y <- event_of(s$score_before)
  each <- lapply(setNames(nm = colnames(s$before)), function(t) firth_row(s$before[, t], y))
  cbind(study = name, block("event", "firth_logistic", "", each))
}
studies <- committed_studies()
studies$panel <- NULL
write_exact(do.call(rbind, Map(firth_block, names(studies), studies)), "firth_expected.csv", 9)
if (dir.exists(khan_folder)) write_exact(firth_block("khan", khan_study()), "firth_khan_expected.csv", 9)

# Several columns at once: 24 persons, whole numbers, one outcome that the second column separates.
i <- 1:24
X <- cbind(1, i %% 5, (i^2 %% 7) * 100, ((7 * i) %% 11) / 1000)
outcomes <- list(mixed = as.numeric((i * 5) %% 9 < 4), rare = as.numeric(i %in% c(3, 17)),
                 separated = as.numeric(i %% 5 > 2))
# Three columns that separate make a profile of several hills: there one column alone is compared.
columns <- list(mixed = 1:4, rare = 1:4, separated = 1:2)
scaled <- scale(X, FALSE)
rows_of <- function(name) do.call(rbind, lapply(columns[[name]], function(j) data.frame(
  outcome = name, column = j, t(firth_profile(scaled[, columns[[name]]], outcomes[[name]], j)))))
found <- do.call(rbind, lapply(names(outcomes), rows_of))
# Columns were brought to one size for the search; their units come back here.
size <- attr(scaled, "scaled:scale")[found$column]
found[c("estimate", "low", "high")] <- found[c("estimate", "low", "high")] / size
write_exact(found, "firth_design_expected.csv", 9)
