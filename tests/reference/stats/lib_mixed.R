# Shared by the scripts on the mixed model: one random intercept per patient by lme4, F tests and
# degrees of freedom by pbkrtest. Needs lib.R.
suppressMessages({ library(lme4); library(pbkrtest) })

# The default stops early: F would be good to four digits.
precise <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-9,
                       maxfun = 100000), calc.derivs = FALSE,
                       check.conv.singular = .makeCC("ignore", tol = 1e-4))

# Refused: data whose spread is rounding error, as t.test does; a patient's correlation above
# 0.99999999, which no optimiser can place; data of which patients as fixed effects leave no degree
# of freedom (lme4 goes on, but its residual variance is arbitrary: the likelihood is flat).
fit_of <- function(y, group, patient, covariates) {
  d <- data.frame(y = y, group = group, patient = patient)
  formula <- y ~ 0 + group + (1 | patient)
  if (!is.null(covariates)) {
    d <- cbind(d, covariates)
    formula <- as.formula(paste("y ~ 0 + group +", paste(names(covariates), collapse = " + "),
                                "+ (1 | patient)"))
  }
  d <- droplevels(d[complete.cases(d), ])
  plain <- residuals(lm(nobars(formula), d))
  if (sqrt(sum(plain^2)) / nrow(d) <= 10 * .Machine$double.eps * max(abs(d$y))) stop("constant")
  fixed <- update(nobars(formula), . ~ factor(patient) + .)
  if (df.residual(lm(fixed, d)) < 1) stop("nothing left within patients")
  # The likelihood may have several maxima: the search starts near the highest.
  deviance_at <- lmer(formula, d, devFunOnly = TRUE)
  start <- c(0.01, 10^seq(-1, 4, by = 0.25))
  start <- start[which.min(sapply(start, deviance_at))]
  fit <- lmer(formula, d, control = precise, start = start)
  if (getME(fit, "theta")^2 > 1e8) stop("no residual variance")
  fit
}

mixed_quantities <- c(quantities, "between_patient_variance", "residual_variance")
no_result <- setNames(rep(NA_real_, length(mixed_quantities)), mixed_quantities)

variances <- function(fit) c(getME(fit, "theta")^2 * sigma(fit)^2, sigma(fit)^2)

omnibus_row <- function(fit, groups) {
  known <- paste0("group", groups)
  beta <- names(fixef(fit))
  if (!all(known %in% beta)) return(no_result)
  L <- t(sapply(known[-1], function(g) (beta == g) - (beta == known[1])))
  k <- getKR(KRmodcomp(fit, L))
  setNames(c(NA, NA, NA, k$Fstat, k$ndf, k$ddf, k$p.value, variances(fit)), mixed_quantities)
}

contrast_row <- function(fit, arms) {
  beta <- names(fixef(fit))
  known <- paste0("group", arms)
  if (!all(known %in% beta)) return(no_result)
  l <- (beta == known[1]) - (beta == known[2])
  k <- getKR(KRmodcomp(fit, matrix(l, 1)))
  estimate <- sum(l * fixef(fit))
  se <- sqrt(as.numeric(t(l) %*% vcovAdj(fit) %*% l))
  ci <- estimate + c(-1, 1) * qt(0.975, k$ddf) * se
  setNames(c(estimate, ci, sign(estimate) * sqrt(k$Fstat), k$ddf, NA, k$p.value, variances(fit)),
           mixed_quantities)
}

# levels: matrix samples x targets; contrasts: named list of c(numerator, denominator).
mixed_block <- function(levels, group, patient, contrasts, covariates = NULL) {
  groups <- sort(unique(group))
  do.call(rbind, lapply(colnames(levels), function(t) {
    fit <- tryCatch(suppressMessages(fit_of(levels[, t], group, patient, covariates)),
                    error = function(e) NULL)
    rows <- lapply(c("omnibus", names(contrasts)), function(name)
      if (is.null(fit)) no_result
      else if (name == "omnibus") omnibus_row(fit, groups)
      else contrast_row(fit, contrasts[[name]]))
    data.frame(contrast = c("omnibus", names(contrasts)), target = t, do.call(rbind, rows))
  }))
}
