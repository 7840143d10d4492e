# The studies of moderated.R -> treat_expected.csv, treat_khan_expected.csv: more than 1.5-fold?
source("lib_limma.R")
settings <- list(plain = c(FALSE, FALSE), trend = c(TRUE, FALSE), robust = c(FALSE, TRUE))
each_setting <- function(set, analysis, rows, thin = NULL)
  do.call(rbind, lapply(names(settings), function(option) {
    s <- settings[[option]]
    out <- rows(treat_test(trend = s[[1]], robust = s[[2]]))
    as_block(set, analysis, "treat", option, out,
             if (is.null(thin)) seq_len(nrow(out)) else thin)[, -(10:11)]
  }))
one_study <- function(name, study, thin = NULL) {
  x <- study$numerator; z <- study$denominator
  rbind(
    each_setting(name, "x_vs_z", function(test) groups_rows(x, z, test), thin),
    each_setting(name, "x_vs_z_adjusted",
                 function(test) groups_rows(x, z, test, row_mod_5(x, z)), thin),
    each_setting(name, "y_vs_x", function(test) pairs_rows(study$after, study$before, test), thin)
  )
}
studies <- committed_studies()
kept <- setdiff(names(studies), "panel")
write_exact(rbind(
  do.call(rbind, lapply(kept, function(s) one_study(s, studies[[s]]))),
  one_study("gaps_2951", made_study("gaps", 2951), round(seq(1, 2951, length.out = 40)))
), "treat_expected.csv")
if (dir.exists(khan_folder)) {
  write_exact(one_study("khan", khan_study()), "treat_khan_expected.csv")
} else {
  message("treat.R: ../shared is absent, treat_khan_expected.csv stays as it is")
}
