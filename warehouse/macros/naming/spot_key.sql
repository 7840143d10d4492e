{# The natural key by which the exclusion ledger names a spot: `SLIDE/B3/R1/C16`. #}
{% macro spot_key(slide_id, block, spot_row, spot_column) -%}
    {{ slide_id }} || '/B' || cast({{ block }} as string)
    || '/R' || cast({{ spot_row }} as string)
    || '/C' || cast({{ spot_column }} as string)
{%- endmacro %}
