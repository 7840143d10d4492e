{# Fingerprint of the code that makes the numbers, as a text. Where an engine cannot say it, a
   build after a change of the code needs `--full-refresh`. #}
{% macro code_in_force() -%}
    {{ adapter.dispatch('code_in_force', 'cytomart')() }}
{%- endmacro %}

{% macro default__code_in_force() -%}
    ''
{%- endmacro %}

{% macro duckdb__code_in_force() -%}
    coalesce(cast(getvariable('cytomart_code') as string), '')
{%- endmacro %}
