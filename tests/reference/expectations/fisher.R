# Fisher's exact test (Freeman-Halton) and Cramer's V of 2 x k tables -> fisher_expected.csv
tables <- split(read.csv("fisher_input.csv"), ~table_id)
one <- function(t) {
  m <- rbind(t$numerator, t$denominator)
  v <- sqrt(suppressWarnings(chisq.test(m[, colSums(m) > 0], correct = FALSE))$statistic / sum(m))
  data.frame(table_id = t$table_id[1], p_value = fisher.test(m, workspace = 2e7)$p.value,
             cramers_v = unname(v))
}
found <- do.call(rbind, lapply(tables, one))
found <- found[order(found$table_id), ]
found$p_value <- sprintf("%.17g", found$p_value)
found$cramers_v <- sprintf("%.17g", found$cramers_v)
write.csv(found, "fisher_expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, R.version$platform), "versions.txt")
