# Tests of several groups, and of their variances -> groups_expected.csv
source("lib.R")
source("lib_studies.R")
numbers <- function(groups, least) {
  groups <- lapply(groups, function(g) g[!is.na(g)])
  if (any(lengths(groups) < least)) stop("not enough observations")
  groups
}
steady <- function(g) sd(g) / sqrt(length(g)) <= rounding * abs(mean(g))
welch_anova <- function(groups) attempt({
  groups <- numbers(groups, 2)
  if (any(sapply(groups, steady))) stop("a group is constant")
  h <- oneway.test(unlist(groups) ~ labels_of(groups), var.equal = FALSE)
  finite_or_na(row_of(statistic = h$statistic, df = h$parameter[[1]],
                      df_denominator = h$parameter[[2]], p_value = h$p.value))
})
bartlett <- function(groups) attempt({
  groups <- numbers(groups, 2)
  if (any(sapply(groups, steady))) stop("a group is constant")
  h <- bartlett.test(groups)
  finite_or_na(row_of(statistic = h$statistic, df = h$parameter, p_value = h$p.value))
})
kruskal <- function(groups) attempt({
  h <- kruskal.test(numbers(groups, 1))
  finite_or_na(row_of(statistic = h$statistic, df = h$parameter, p_value = h$p.value))
})
# As levene_row of lib.R, around the median.
brown_forsythe <- function(groups) attempt({
  groups <- numbers(groups, 2)
  deviations <- lapply(groups, function(g) abs(g - median(g)))
  n <- sum(lengths(groups))
  within <- sum(sapply(deviations, function(d) sum((d - mean(d))^2))) / (n - length(groups))
  if (sqrt(within / n) <= rounding * max(abs(sapply(groups, mean)))) stop("constant deviations")
  h <- car::leveneTest(unlist(groups), labels_of(groups), center = median)
  finite_or_na(row_of(NA, c(NA, NA), h[1, "F value"], h[1, "Df"], h[2, "Df"], h[1, "Pr(>F)"]))
})
tests <- function(s, each) {
  every <- function(f) each(function(t) f(lapply(s$groups, function(g) g[, t])))
  arms <- function(f) each(function(t) f(list(s$numerator[, t], s$denominator[, t])))
  rbind(
    block("groups", "welch_anova", "", every(welch_anova)),
    block("groups", "kruskal", "", every(kruskal)),
    block("groups", "brown_forsythe", "", every(brown_forsythe)),
    block("groups", "bartlett", "", every(bartlett)),
    block("arms", "bartlett", "", arms(bartlett))
  )
}
write_studies(tests, "groups")
