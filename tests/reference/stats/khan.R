# The real study of ../shared/clinical/khan_2025 -> khan_expected.csv
# log2 of the value, `*` (extrapolated) stripped, `OOR` (out of range) missing.
source("lib.R")
folder <- "../../../../shared/clinical/khan_2025"
if (!dir.exists(folder)) {
  message("khan.R: ../shared is absent, khan_expected.csv stays as it is")
  quit(status = 0)
}
wide <- read.csv(file.path(folder, "cytokines_wide.csv"), check.names = FALSE,
                 colClasses = "character")
people <- read.csv(file.path(folder, "patients.csv"), colClasses = "character")
targets <- setNames(nm = setdiff(names(wide), c("patient_id", "timepoint")))
as_level <- function(text) {
  text <- sub("^\\*", "", trimws(text))
  text[grepl("OOR", text) | text == ""] <- NA
  log2(as.numeric(text))
}
at <- function(visit) {
  rows <- wide[wide$timepoint == visit, ]
  rows <- rows[order(rows$patient_id), ]
  m <- sapply(targets, function(t) as_level(rows[[t]]))
  rownames(m) <- rows$patient_id
  m
}
before <- at("BL"); after <- at("6-8 wks")
both <- intersect(rownames(before), rownames(after))
who <- people[match(rownames(before), people$patient_id), ]
severe <- who$iraE_occurrence == "Grade 2+"
grade <- as.numeric(who$highest_grade_iraE)
each <- function(f) lapply(targets, f)
bands <- split(seq_along(grade), pmin(grade, 3))
by_band <- function(t) lapply(bands, function(i) before[i, t])
write_exact(rbind(
  block("severe_vs_mild", "student_t", "",
        each(function(t) student(before[severe, t], before[!severe, t]))),
  block("severe_vs_mild", "welch_t", "",
        each(function(t) welch(before[severe, t], before[!severe, t]))),
  block("severe_vs_mild", "levene", "",
        each(function(t) levene_row(list(before[severe, t], before[!severe, t])))),
  block("after_vs_before", "paired_t", "", each(function(t) paired(after[both, t], before[both, t]))),
  block("after_vs_before", "shapiro_wilk", "difference",
        each(function(t) shapiro_row(after[both, t] - before[both, t]))),
  block("grades", "anova_oneway", "", each(function(t) anova_row(by_band(t)))),
  block("grades", "levene", "", each(function(t) levene_row(by_band(t)))),
  block("grade", "pearson", "", each(function(t) pearson_row(before[, t], grade)))
), "khan_expected.csv")
