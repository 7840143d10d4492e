{# Sample standard deviation of an aggregated column, taken from the smallest number to the
   largest, for the reason given at ordered_mean; null below two numbers. #}
{% macro ordered_sd(number, is_kept='true') -%}
    {{ adapter.dispatch('ordered_sd', 'cytomart')(number, is_kept) }}
{%- endmacro %}

{% macro default__ordered_sd(number, is_kept) -%}
    sqrt(
        aggregate(
            array_sort(collect_list(cast({{ number }} as double)) filter (where {{ is_kept }})),
            cast((0, 0, 0) as struct<n: double, mean: double, squares: double>),
            (seen, one) -> struct(
                seen.n + 1 as n,
                seen.mean + (one - seen.mean) / (seen.n + 1) as mean,
                seen.squares + (one - seen.mean) * (one - seen.mean)
                * seen.n / (seen.n + 1) as squares
            ),
            seen -> case when seen.n > 1 then seen.squares / (seen.n - 1) end
        )
    )
{%- endmacro %}

{% macro duckdb__ordered_sd(number, is_kept) -%}
    list_aggregate(
        list_sort(list(cast({{ number }} as double)) filter (where {{ is_kept }})),
        'stddev_samp'
    )
{%- endmacro %}
