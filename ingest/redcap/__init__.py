"""REDCap: a data export becomes patients and assessments, by a mapping that stays in the folder."""
