{# Coefficient of variation (sample standard deviation / mean) of an aggregated column; null when
   the mean is not positive or fewer than two values were kept. A pair is written out, because
   a running standard deviation depends on the order of its rows. #}
{% macro replicate_cv(number, is_kept) -%}
    case
        when count(*) filter (where {{ is_kept }}) < 2 then null
        when avg({{ number }}) filter (where {{ is_kept }}) <= 0 then null
        when count(*) filter (where {{ is_kept }}) = 2
            then (
                max({{ number }}) filter (where {{ is_kept }})
                - min({{ number }}) filter (where {{ is_kept }})
            ) / sqrt(2e0) / avg({{ number }}) filter (where {{ is_kept }})
        else stddev_samp({{ number }}) filter (where {{ is_kept }})
            / avg({{ number }}) filter (where {{ is_kept }})
    end
{%- endmacro %}
