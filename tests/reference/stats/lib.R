# Shared by the scripts of this folder: one row per test, made with base R and car.
# A test that R refuses (too few values, constant data) is a row of NA.

quantities <- c("estimate", "ci_low", "ci_high", "statistic", "df", "df_denominator", "p_value")
row_of <- function(estimate = NA, ci = c(NA, NA), statistic = NA, df = NA, df_denominator = NA,
                   p_value = NA)
  setNames(as.numeric(c(estimate, ci, statistic, df, df_denominator, p_value)), quantities)

finite_or_na <- function(row) if (is.finite(row[["statistic"]])) row else row_of()
attempt <- function(expression) tryCatch(suppressWarnings(expression), error = function(e) row_of())

t_row <- function(x, y, ...) attempt({
  h <- t.test(x, y, ...)
  estimate <- if (length(h$estimate) == 2) h$estimate[[1]] - h$estimate[[2]] else h$estimate[[1]]
  finite_or_na(row_of(estimate, h$conf.int, h$statistic, h$parameter, NA, h$p.value))
})
student <- function(x, y) t_row(x, y, var.equal = TRUE)
welch <- function(x, y) t_row(x, y, var.equal = FALSE)
paired <- function(x, y) t_row(x, y, paired = TRUE)

# Like oneway.test, every group needs two values; a group without any is not left out in silence.
present <- function(groups) {
  groups <- lapply(groups, function(g) g[!is.na(g)])
  if (any(lengths(groups) < 2)) stop("not enough observations")
  groups
}
labels_of <- function(groups) factor(rep(seq_along(groups), lengths(groups)))
anova_row <- function(groups) attempt({
  groups <- present(groups)
  h <- oneway.test(unlist(groups) ~ labels_of(groups), var.equal = TRUE)
  finite_or_na(row_of(NA, c(NA, NA), h$statistic, h$parameter[[1]], h$parameter[[2]], h$p.value))
})
levene_row <- function(groups) attempt({
  groups <- present(groups)
  if (steady_deviations(groups)) stop("data are essentially constant")
  h <- car::leveneTest(unlist(groups), labels_of(groups), center = mean)
  finite_or_na(row_of(NA, c(NA, NA), h[1, "F value"], h[1, "Df"], h[2, "Df"], h[1, "Pr(>F)"]))
})
# t.test refuses data whose spread is rounding error; car and shapiro.test would test the noise.
rounding <- 10 * .Machine$double.eps
steady_deviations <- function(groups) {
  deviations <- lapply(groups, function(g) abs(g - mean(g)))
  n <- sum(lengths(groups))
  within <- sum(sapply(deviations, function(d) sum((d - mean(d))^2))) / (n - length(groups))
  sqrt(within / n) <= rounding * max(abs(sapply(groups, mean)))
}
shapiro_row <- function(x) attempt({
  if (isTRUE(sd(x, na.rm = TRUE) <= rounding * abs(mean(x, na.rm = TRUE)))) stop("constant")
  h <- shapiro.test(x)
  row_of(statistic = h$statistic, p_value = h$p.value)
})
pearson_row <- function(x, score) attempt({
  h <- cor.test(x, score, method = "pearson")
  ci <- if (is.null(h$conf.int)) c(NA, NA) else h$conf.int
  finite_or_na(row_of(h$estimate, ci, h$statistic, h$parameter, NA, h$p.value))
})

# One block: a named list of rows, one per target, with BH over its p-values.
block <- function(analysis, method, stratum, rows) {
  values <- do.call(rbind, rows)
  data.frame(analysis = analysis, method = method, stratum = stratum, target = names(rows),
             values, p_adjusted = p.adjust(values[, "p_value"], "BH"))
}

# Every digit, or as many as a search for an optimum gives on every machine.
write_exact <- function(frame, path, digits = 17) {
  numbers <- vapply(frame, is.numeric, TRUE)
  form <- paste0("%.", digits, "g")
  frame[numbers] <- lapply(frame[numbers], function(v) ifelse(is.na(v), "NA", sprintf(form, v)))
  write.csv(frame, path, row.names = FALSE, quote = FALSE)
}
