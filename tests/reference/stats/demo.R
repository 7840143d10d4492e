# demo_input.csv (the demo's levels and scores) -> demo_expected.csv
source("lib.R")
if (!file.exists("demo_input.csv")) {
  message("demo.R: no demo_input.csv; make it with make_demo_input.py")
  quit(status = 0)
}
d <- read.csv("demo_input.csv", check.names = FALSE)
about <- c("sample_id", "patient_id", "visit", "group_code", "vas_pain_0_10", "qol_unnamed")
targets <- setNames(nm = setdiff(names(d), about))
group <- function(code) {
  rows <- d[d$group_code == code, ]
  rownames(rows) <- rows$patient_id
  rows
}
a <- group("A"); b <- group("B"); c_ <- group("C")
both <- intersect(rownames(a), rownames(b))
each <- function(f) lapply(targets, f)

independent <- function(analysis, x, y, names) rbind(
  block(analysis, "student_t", "", each(function(t) student(x[, t], y[, t]))),
  block(analysis, "welch_t", "", each(function(t) welch(x[, t], y[, t]))),
  block(analysis, "levene", "", each(function(t) levene_row(list(x[, t], y[, t])))),
  block(analysis, "shapiro_wilk", names[[1]], each(function(t) shapiro_row(x[, t]))),
  block(analysis, "shapiro_wilk", names[[2]], each(function(t) shapiro_row(y[, t])))
)
correlation <- function(analysis, x, instrument, visit)
  block(analysis, "pearson", paste0(instrument, "@", visit),
        each(function(t) pearson_row(x[, t], x[, instrument])))
unpaired <- function(analysis, x, y)
  block(analysis, "student_t", "", each(function(t) student(x[, t], y[, t])))

write_exact(rbind(
  independent("a_vs_c", a, c_, c("A", "C")),
  independent("b_vs_c", b, c_, c("B", "C")),
  block("b_vs_a", "paired_t", "", each(function(t) paired(b[both, t], a[both, t]))),
  block("b_vs_a", "shapiro_wilk", "difference",
        each(function(t) shapiro_row(b[both, t] - a[both, t]))),
  unpaired("paper_a_vs_c", a, c_), unpaired("paper_b_vs_c", b, c_), unpaired("paper_b_vs_a", b, a),
  block("groups_abc", "anova_oneway", "",
        each(function(t) anova_row(list(a[, t], b[, t], c_[, t])))),
  block("groups_abc", "levene", "",
        each(function(t) levene_row(list(a[, t], b[, t], c_[, t])))),
  correlation("corr_pain_baseline", a, "vas_pain_0_10", "baseline"),
  correlation("corr_pain_follow_up", b, "vas_pain_0_10", "follow_up"),
  correlation("corr_qol_baseline", a, "qol_unnamed", "baseline"),
  correlation("corr_qol_follow_up", b, "qol_unnamed", "follow_up")
), "demo_expected.csv")

scores <- function(instrument) list(change = paired(b[both, instrument], a[both, instrument]))
write_exact(rbind(
  block("pain_change", "paired_t", "follow_up", scores("vas_pain_0_10")),
  block("qol_change", "paired_t", "follow_up", scores("qol_unnamed"))
), "demo_outcomes_expected.csv")
