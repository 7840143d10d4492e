# The studies that several scripts test: designs_input.csv, demo_input.csv, a panel of 3,000 targets
# that R and Python both compute from whole numbers, and the real study of ../shared.
# A study is a list: numerator, denominator (independent arms), before, after (rows by person),
# groups, score_before, score_after. studies.py makes the same ones.

by_person <- function(rows, persons, columns) {
  m <- as.matrix(rows[match(persons, rownames(rows)), columns, drop = FALSE])
  rownames(m) <- persons
  m
}

design_study <- function(d) {
  arm <- function(a) tapply(d$level_log2[d$arm == a],
                            list(d$person[d$arm == a], d$target[d$arm == a]), function(v) v)
  x <- arm("x"); y <- arm("y"); z <- arm("z")
  persons <- sort(union(rownames(x), rownames(y)))
  score <- function(a) {
    own <- d[d$arm == a & d$target == colnames(x)[[1]], ]
    own$score[match(persons, own$person)]
  }
  list(numerator = x, denominator = z, before = by_person(x, persons, colnames(x)),
       after = by_person(y, persons, colnames(x)), groups = list(x, y, z),
       score_before = score("x"), score_after = score("y"))
}

demo_study <- function() {
  d <- read.csv("demo_input.csv", check.names = FALSE)
  about <- c("sample_id", "patient_id", "visit", "group_code", "vas_pain_0_10", "qol_unnamed")
  targets <- setdiff(names(d), about)
  arm <- function(code) {
    rows <- d[d$group_code == code, ]
    rownames(rows) <- rows$patient_id
    rows
  }
  a <- arm("A"); b <- arm("B"); c_ <- arm("C")
  persons <- sort(union(rownames(a), rownames(b)))
  list(numerator = as.matrix(a[targets]), denominator = as.matrix(c_[targets]),
       before = by_person(a, persons, targets), after = by_person(b, persons, targets),
       groups = lapply(list(a, b, c_), function(g) as.matrix(g[targets])),
       score_before = a[persons, "vas_pain_0_10"], score_after = b[persons, "vas_pain_0_10"])
}

# Lehmer's generator (Park & Miller 1988): every step, and every level made of it, is exact in a
# double, so that another language gets the same bits.
lehmer <- function(n, seed) {
  out <- numeric(n)
  k <- seed
  for (i in seq_len(n)) out[i] <- k <- (16807 * k) %% 2147483647
  out
}
n_panel <- 3000
panel_study <- function() {
  k <- array(lehmer(4 * 100 * n_panel, 20170104), c(4, 100, n_panel))
  noise <- apply(k / 2^31, c(2, 3), sum) - 2
  noise[k[1, , ] %% 37 == 0] <- NA
  j <- seq_len(n_panel)
  sd <- c(0.25, 0.5, 1, 0.75)[j %% 4 + 1]
  effect <- ifelse(j %% 5 == 0, (j %% 9 - 4) / 8, 0)
  person <- t(noise[1:30, ])
  person[is.na(person)] <- 0
  scaled <- function(rows, shift) {
    level <- t(9 + shift + sd * t(noise)[, rows])
    tied <- j %% 7 == 0
    level[, tied] <- floor(8 * level[, tied]) / 8
    colnames(level) <- sprintf("t%04d", j)
    level
  }
  x <- scaled(31:60, person / 2); y <- scaled(61:90, person / 2 + effect)
  z <- scaled(91:100, effect / 2)
  points <- lehmer(60, 7) %% 101 / 10
  list(numerator = x, denominator = z, before = x, after = y, groups = list(x, y, z),
       score_before = points[1:30], score_after = points[31:60])
}

khan_folder <- "../../../../shared/clinical/khan_2025"
khan_study <- function() {
  wide <- read.csv(file.path(khan_folder, "cytokines_wide.csv"), check.names = FALSE,
                   colClasses = "character")
  people <- read.csv(file.path(khan_folder, "patients.csv"), colClasses = "character")
  targets <- setdiff(names(wide), c("patient_id", "timepoint"))
  as_level <- function(text) {
    text <- sub("^\\*", "", trimws(text))
    text[grepl("OOR", text) | text == ""] <- NA
    log2(as.numeric(text))
  }
  persons <- sort(unique(wide$patient_id))
  at <- function(visit) {
    rows <- wide[wide$timepoint == visit, ]
    m <- sapply(targets, function(t) as_level(rows[[t]]))
    rownames(m) <- rows$patient_id
    by_person(m, persons, targets)
  }
  before <- at("BL")
  who <- people[match(persons, people$patient_id), ]
  severe <- who$iraE_occurrence == "Grade 2+"
  grade <- as.numeric(who$highest_grade_iraE)
  list(numerator = before[severe, ], denominator = before[!severe, ], before = before,
       after = at("6-8 wks"),
       groups = lapply(split(seq_along(grade), pmin(grade, 3)), function(i) before[i, ]),
       score_before = grade, score_after = NULL)
}

committed_studies <- function() {
  input <- read.csv("designs_input.csv", colClasses = c("character", "character", "character",
                                                        "numeric", "character", "numeric"))
  # See designs.R: exact in binary, and R's own answers are then good to 1e-12.
  high <- input$design == "high"
  input$level_log2[high] <- input$level_log2[high] - 4096
  designs <- lapply(split(input, factor(input$design, unique(input$design))), design_study)
  c(designs, list(demo = demo_study(), panel = panel_study()))
}

# Every 50th target of the panel, and the sums over all of it.
thinned <- function(rows) {
  keys <- paste(rows$analysis, rows$method, rows$stratum)
  numbers <- vapply(rows, is.numeric, TRUE)
  sums <- do.call(rbind, lapply(split(rows, factor(keys, unique(keys))), function(b) {
    total <- b[1, ]
    total$target <- "sum"
    total[numbers] <- lapply(b[numbers], function(v) if (all(is.na(v))) NA else sum(v, na.rm = TRUE))
    total
  }))
  every <- as.integer(sub("t", "", rows$target)) %% 50 == 0
  rbind(rows[every, ], sums)
}

# `tests(study, each)` gives the rows of one study; each(f) calls f for every target by its name.
write_studies <- function(tests, name) {
  rows_of <- function(study) {
    targets <- setNames(nm = colnames(study$before))
    tests(study, function(f) lapply(targets, f))
  }
  studies <- committed_studies()
  out <- lapply(names(studies), function(s) {
    rows <- rows_of(studies[[s]])
    cbind(study = s, if (s == "panel") thinned(rows) else rows)
  })
  write_exact(do.call(rbind, out), paste0(name, "_expected.csv"))
  if (dir.exists(khan_folder)) {
    write_exact(cbind(study = "khan", rows_of(khan_study())), paste0(name, "_khan_expected.csv"))
  } else {
    message(name, ": ../shared is absent, ", name, "_khan_expected.csv stays as it is")
  }
}
