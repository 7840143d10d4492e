# The studies of lib_studies.R and those of mixed_input.csv -> mixed_expected.csv
source("lib.R"); source("lib_studies.R"); source("lib_mixed.R")

# Arms x and y hold the same patients (in the demo A and B), z others.
xyz <- list(y_vs_x = c("y", "x"), x_vs_z = c("x", "z"), y_vs_z = c("y", "z"))
of_study <- function(name, s) {
  arms <- list(x = s$before, y = s$after, z = s$groups[[3]])
  levels <- do.call(rbind, arms)
  persons <- sprintf("p%03d", seq_len(nrow(s$before)))
  others <- sprintf("q%03d", seq_len(nrow(arms$z)))
  if (name == "panel") levels <- levels[, seq(50, n_panel, by = 50)]
  cbind(source = "studies", design = name,
        mixed_block(levels, rep(names(arms), sapply(arms, nrow)), c(persons, persons, others), xyz))
}

visits <- list(v1_vs_v0 = c("v1", "v0"), v2_vs_v0 = c("v2", "v0"), v2_vs_v1 = c("v2", "v1"),
               v0_vs_h = c("v0", "h"))
mixed <- read.csv("mixed_input.csv", colClasses = c("character", "character", "character",
                                                    "character", "numeric", "character",
                                                    "character", "numeric"))
of_mixed <- function(name) {
  d <- mixed[mixed$design == name, ]
  levels <- tapply(d$level_log2, list(d$sample, d$target), function(v) v)
  a <- d[match(rownames(levels), d$sample), ]
  plain <- mixed_block(levels, a$grp, a$patient, visits)
  adjusted <- if (name %in% c("visits", "uneven", "three_targets"))
    cbind(source = "adjusted", design = name,
          mixed_block(levels, a$grp, a$patient, visits,
                      data.frame(age = a$age, south = as.numeric(a$centre == "south"))))
  rbind(cbind(source = "mixed", design = name, plain), adjusted)
}

studies <- committed_studies()
write_exact(rbind(
  do.call(rbind, lapply(names(studies), function(name) of_study(name, studies[[name]]))),
  do.call(rbind, lapply(unique(mixed$design), of_mixed))
), "mixed_expected.csv")

# 146 real patients, before and after, mild and severe: four groups, a patient in two of them.
if (dir.exists(khan_folder)) {
  s <- khan_study()
  persons <- rownames(s$before)
  severity <- ifelse(persons %in% rownames(s$numerator), "severe", "mild")
  write_exact(cbind(source = "khan", design = "khan", mixed_block(
    rbind(s$before, s$after), c(paste0(severity, "_before"), paste0(severity, "_after")),
    c(persons, persons),
    list(mild_change = c("mild_after", "mild_before"),
         severe_change = c("severe_after", "severe_before"),
         before = c("severe_before", "mild_before"), after = c("severe_after", "mild_after"))
  )), "mixed_khan_expected.csv")
} else {
  message("mixed: ../shared is absent, mixed_khan_expected.csv stays as it is")
}
