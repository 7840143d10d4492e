# multiplicity_expected.csv: p-values (ties, 0, 1 and NA among them) and R's p.adjust.
source("lib.R")
set.seed(20170103)
sets <- list(
  mixed = c(runif(40)^3, 0.01, 0.01, 0.01, 1, 1, 0, NA, NA),
  null = runif(30),
  tiny = 10^-(1:12),
  single = 0.04,
  missing = c(NA, 0.2, NA)
)
one <- function(name) {
  p <- sets[[name]]
  data.frame(set = name, p = p, BH = p.adjust(p, "BH"), BY = p.adjust(p, "BY"),
             holm = p.adjust(p, "holm"), bonferroni = p.adjust(p, "bonferroni"))
}
write_exact(do.call(rbind, lapply(names(sets), one)), "multiplicity_expected.csv")
