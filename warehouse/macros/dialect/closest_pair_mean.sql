{# Mean of the two numbers of an aggregated column that lie closest to each other, among three or
   more; of pairs equally close, the lower one. Null below three numbers. #}
{% macro closest_pair_mean(number, is_kept='true') -%}
    {{ adapter.dispatch('closest_pair_mean', 'cytomart')(number, is_kept) }}
{%- endmacro %}

{% macro default__closest_pair_mean(number, is_kept) -%}
    {%- set kept = 'array_sort(collect_list(cast(' ~ number ~ ' as double)) filter (where '
        ~ is_kept ~ '))' -%}
    {%- set n_kept = 'cast(count(' ~ number ~ ') filter (where ' ~ is_kept ~ ') as int)' -%}
    case
        when {{ n_kept }} >= 3
            then array_min(transform(
                arrays_zip(
                    slice({{ kept }}, 1, {{ n_kept }} - 1),
                    slice({{ kept }}, 2, {{ n_kept }} - 1)
                ),
                pair -> struct(
                    pair.`1` - pair.`0` as gap,
                    pair.`0` as low,
                    (pair.`0` + pair.`1`) / 2 as pair_mean
                )
            )).pair_mean
    end
{%- endmacro %}

{% macro duckdb__closest_pair_mean(number, is_kept) -%}
    {%- set kept = 'list_sort(list(cast(' ~ number ~ ' as double)) filter (where '
        ~ is_kept ~ '))' -%}
    case
        when count({{ number }}) filter (where {{ is_kept }}) >= 3
            then list_min(list_transform(
                list_zip({{ kept }}[:-2], {{ kept }}[2:]),
                lambda pair: struct_pack(
                    gap := pair[2] - pair[1],
                    low := pair[1],
                    pair_mean := (pair[1] + pair[2]) / 2
                )
            )).pair_mean
    end
{%- endmacro %}
