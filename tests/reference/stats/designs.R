# designs_input.csv -> designs_expected.csv
source("lib.R")
input <- read.csv("designs_input.csv", colClasses = c("character", "character", "character",
                                                      "numeric", "character", "numeric"))
# t.test rounds the mean of each arm at the height of the levels. Subtracting 4096 from the levels
# near it is exact in binary and changes no test: R's own answer is then good to 1e-12.
high <- input$design == "high"
input$level_log2[high] <- input$level_log2[high] - 4096

arm_matrix <- function(d, arm) {
  rows <- d[d$arm == arm, ]
  tapply(rows$level_log2, list(rows$person, rows$target), function(v) v)
}

one_design <- function(name) {
  d <- input[input$design == name, ]
  x <- arm_matrix(d, "x"); y <- arm_matrix(d, "y"); z <- arm_matrix(d, "z")
  targets <- setNames(colnames(x), colnames(x))
  both <- intersect(rownames(x), rownames(y))
  first <- d[d$arm == "x" & d$target == targets[[1]], ]
  score <- first$score[match(rownames(x), first$person)]
  each <- function(f) lapply(targets, f)
  out <- rbind(
    block("x_vs_z", "student_t", "", each(function(t) student(x[, t], z[, t]))),
    block("x_vs_z", "welch_t", "", each(function(t) welch(x[, t], z[, t]))),
    block("x_vs_z", "levene", "", each(function(t) levene_row(list(x[, t], z[, t])))),
    block("x_vs_z", "shapiro_wilk", "x", each(function(t) shapiro_row(x[, t]))),
    block("x_vs_z", "shapiro_wilk", "z", each(function(t) shapiro_row(z[, t]))),
    block("y_vs_x", "paired_t", "", each(function(t) paired(y[both, t], x[both, t]))),
    block("y_vs_x", "shapiro_wilk", "difference",
          each(function(t) shapiro_row(y[both, t] - x[both, t]))),
    block("paper_y_vs_x", "student_t", "", each(function(t) student(y[, t], x[, t]))),
    block("xyz", "anova_oneway", "", each(function(t) anova_row(list(x[, t], y[, t], z[, t])))),
    block("xyz", "levene", "", each(function(t) levene_row(list(x[, t], y[, t], z[, t])))),
    block("x_score", "pearson", "", each(function(t) pearson_row(x[, t], score)))
  )
  cbind(design = name, out)
}

write_exact(do.call(rbind, lapply(unique(input$design), one_design)), "designs_expected.csv")
