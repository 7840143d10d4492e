{# A schema is called what the project says: `marts` is `marts`, with no prefix of the profile. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
