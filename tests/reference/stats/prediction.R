# Ridge logistic regression, recalibration, decision curve, sample size -> prediction_expected.csv
source("lib.R")
d <- read.csv("demo_input.csv", check.names = FALSE)
about <- c("sample_id", "patient_id", "visit", "group_code", "vas_pain_0_10", "qol_unnamed")
a <- d[d$group_code == "A", ]
b <- d[match(a$patient_id, ifelse(d$group_code == "B", d$patient_id, NA)), ]
levels <- as.matrix(a[setdiff(names(d), about)])
# Pain lower by 1.5 points or more; whole tenths, so that rounding does not decide.
event <- round(10 * (b$vas_pain_0_10 - a$vas_pain_0_10)) <= -15
event[is.na(event)] <- FALSE
levels[is.na(levels)] <- 10
centred <- sweep(levels, 2, colMeans(levels))
x <- sweep(centred, 2, sqrt(colMeans(centred^2)), "/")
weights <- seq_len(nrow(x)) %% 4 # 0 leaves a person out

# Penalised likelihood by its definition, maximised by BFGS; its last digits by Newton's steps.
ridge <- function(x, penalty, weights) {
  n <- sum(weights)
  loss <- function(beta) {
    linear <- beta[1] + drop(x %*% beta[-1])
    -sum(weights * (event * linear - log1p(exp(linear)))) + n * penalty / 2 * sum(beta[-1]^2)
  }
  slope <- function(beta) {
    residual <- weights * (plogis(beta[1] + drop(x %*% beta[-1])) - event)
    c(sum(residual), drop(crossprod(x, residual)) + n * penalty * beta[-1])
  }
  fit <- optim(numeric(ncol(x) + 1), loss, slope, method = "BFGS",
               control = list(maxit = 10000, reltol = 1e-14))
  beta <- fit$par
  full <- cbind(1, x)
  for (step in 1:5) {
    p <- plogis(drop(full %*% beta))
    curvature <- crossprod(full, full * weights * p * (1 - p)) + diag(c(0, rep(n * penalty, ncol(x))))
    beta <- beta - solve(curvature, slope(beta))
  }
  stopifnot(max(abs(beta - fit$par)) < 1e-4, max(abs(slope(beta))) < 1e-10, loss(beta) <= loss(fit$par) * (1 + 1e-12))
  beta
}
value <- function(what, part, value) data.frame(what = what, part = part, value = value)
fits <- do.call(rbind, lapply(c(2.5, 0.25, 0.025), function(penalty) do.call(rbind, lapply(
  c(1, 3, 10, ncol(x)), function(k) {
    beta <- ridge(x[, seq_len(k), drop = FALSE], penalty, weights)
    value(paste("ridge", penalty, k), c("intercept", colnames(x)[seq_len(k)]), beta)
  }))))

beta <- ridge(x[, 1:10], 0.25, rep(1, nrow(x)))
log_odds <- beta[1] + drop(x[, 1:10] %*% beta[-1])
probability <- plogis(log_odds)
slope <- coef(glm(event ~ log_odds, family = binomial, control = list(epsilon = 1e-15, maxit = 100)))[[2]]
large <- coef(glm(event ~ offset(log_odds), family = binomial, control = list(epsilon = 1e-15, maxit = 100)))[[1]]
judged <- value("calibration", c("slope", "intercept", "brier", "brier_of_share"),
                c(slope, large, mean((probability - event)^2), mean(event) * (1 - mean(event))))
at <- seq(5, 95, 5) / 100
benefit <- sapply(at, function(t)
  mean(probability >= t & event) - t / (1 - t) * mean(probability >= t & !event))
curve <- value("decision", as.character(at), benefit)
everyone <- value("everyone", as.character(at), mean(event) - at / (1 - at) * (1 - mean(event)))

# Riley et al. 2020, the three criteria with 15 % of the greatest R² explained.
sizes <- do.call(rbind, lapply(c(0.1, 0.174, 0.4, 0.5, 0.7), function(share) do.call(rbind, lapply(
  c(1, 24, 40, 80), function(p) {
    greatest <- 1 - (share^share * (1 - share)^(1 - share))^2
    r2 <- 0.15 * greatest
    size <- function(s) ceiling(p / ((s - 1) * log(1 - r2 / s)))
    value(paste("size", share, p), c("shrinkage", "optimism", "risk"),
          c(size(0.9), size(r2 / (r2 + 0.05 * greatest)),
            ceiling((qnorm(0.975) / 0.05)^2 * share * (1 - share))))
  }))))
# The example of Riley et al. 2019: 24 predictors, R² of Cox and Snell 0.288: 623 persons.
example <- value("example", "shrinkage", ceiling(24 / ((0.9 - 1) * log(1 - 0.288 / 0.9))))
write_exact(rbind(fits, judged, curve, everyone, sizes, example), "prediction_expected.csv")
