# Two one-sided Welch tests with the margin log2(1.5) -> equivalence_expected.csv
source("lib.R")
source("lib_studies.R")
margin <- log2(1.5)
# statistic, p: of the margin that lies nearer; ci: the interval of 90 %, which lies within the
# margins where p < 0.05.
tost_row <- function(x, y) attempt({
  above <- t.test(x, y, mu = -margin, alternative = "greater")
  below <- t.test(x, y, mu = margin, alternative = "less")
  inner <- t.test(x, y, conf.level = 0.9)
  finite_or_na(row_of(inner$estimate[[1]] - inner$estimate[[2]], inner$conf.int,
                      min(above$statistic, -below$statistic), inner$parameter, NA,
                      max(above$p.value, below$p.value)))
})
sides <- function(x, y) attempt({
  above <- t.test(x, y, mu = -margin, alternative = "greater")
  below <- t.test(x, y, mu = margin, alternative = "less")
  finite_or_na(row_of(ci = c(above$p.value, below$p.value), statistic = above$statistic,
                      p_value = below$p.value))
})
tests <- function(s, each) rbind(
  block("arms", "tost", "", each(function(t) tost_row(s$numerator[, t], s$denominator[, t]))),
  block("arms", "tost_sides", "", each(function(t) sides(s$numerator[, t], s$denominator[, t])))
)
write_studies(tests, "equivalence")
