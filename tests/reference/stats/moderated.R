# designs_input.csv, demo_input.csv, ../shared/clinical/khan_2025, panels made here
# -> moderated_designs_expected.csv, moderated_demo_expected.csv, moderated_khan_expected.csv,
#    moderated_panels_expected.csv
source("lib_limma.R")
settings <- list(plain = c(FALSE, FALSE), trend = c(TRUE, FALSE), robust = c(FALSE, TRUE))
each_setting <- function(set, analysis, rows, thin = NULL)
  do.call(rbind, lapply(names(settings), function(option) {
    s <- settings[[option]]
    out <- rows(moderated_test(trend = s[[1]], robust = s[[2]]))
    as_block(set, analysis, "moderated_t", option, out, if (is.null(thin)) seq_len(nrow(out)) else thin)
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
designs <- setdiff(names(studies), c("demo", "panel"))
write_exact(do.call(rbind, lapply(designs, function(s) one_study(s, studies[[s]]))),
            "moderated_designs_expected.csv")
write_exact(one_study("demo", studies$demo), "moderated_demo_expected.csv")
if (dir.exists(khan_folder)) {
  write_exact(one_study("khan", khan_study()), "moderated_khan_expected.csv")
} else {
  message("moderated.R: ../shared is absent, moderated_khan_expected.csv stays as it is")
}

# Forty targets of each are kept.
one_panel <- function(kind, n_targets)
  one_study(paste0(kind, "_", n_targets), made_study(kind, n_targets),
            round(seq(1, n_targets, length.out = 40)))
write_exact(rbind(one_panel("plain", 2951), one_panel("gaps", 2951), one_panel("outliers", 2951),
                  one_panel("equal", 60), one_panel("gaps", 60)),
            "moderated_panels_expected.csv")
