{# Coefficient of variation (sample standard deviation / mean) of an aggregated column; null when
   the mean is not positive or fewer than two values were kept. #}
{% macro replicate_cv(number, is_kept) -%}
    case
        when {{ ordered_mean(number, is_kept) }} > 0
            then {{ ordered_sd(number, is_kept) }} / {{ ordered_mean(number, is_kept) }}
    end
{%- endmacro %}
