# The versions behind the committed numbers -> versions.txt
packages <- c("car", "limma", "statmod", "lme4", "pbkrtest", "pROC")
writeLines(c(R.version.string, paste(packages, sapply(packages, function(p)
  as.character(packageVersion(p)))), R.version$platform), "versions.txt")
