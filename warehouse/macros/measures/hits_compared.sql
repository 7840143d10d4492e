{# What a study finds beside what a publication lists: whether both do, and in which direction. #}
{% macro hits_compared(is_hit, is_higher) -%}
    case
        when is_published and analyte_id is null then 'not_measured'
        when is_published and {{ is_hit }} and {{ is_higher }} = is_published_higher
            then 'agree'
        when is_published and {{ is_hit }} then 'opposite'
        when is_published then 'only_theirs'
        when {{ is_hit }} then 'only_ours'
        else 'neither'
    end
{%- endmacro %}
