-- grain: study_id, analyte_id
with

panel_targets as (select * from {{ ref('stg_raw__panel_targets') }}),

genes as (select * from {{ ref('stg_raw__panel_target_genes') }}),

exclusions as (select * from {{ ref('stg_quality__exclusions') }}),

joined_genes as (
    select
        study_id,
        target_id,
        {{ joined_text('gene_symbol') }} as gene_symbols,
        count(*) as n_genes
    from genes
    group by all
),

described as (
    select
        panel_targets.study_id,
        panel_targets.target_id as analyte_id,
        panel_targets.platform_id,
        panel_targets.panel_id,
        panel_targets.target_name as analyte_name,
        panel_targets.target_order as analyte_order,
        panel_targets.protein_name,
        coalesce(joined_genes.gene_symbols, '') as gene_symbols,
        coalesce(joined_genes.n_genes, 0) as n_genes,
        exclusions.scope_key is null as is_reportable
    from panel_targets
    left join joined_genes
        on
            panel_targets.study_id = joined_genes.study_id
            and panel_targets.target_id = joined_genes.target_id
    left join exclusions
        on
            panel_targets.study_id = exclusions.study_id
            and panel_targets.target_id = exclusions.scope_key
            and exclusions.scope = 'target'
    where panel_targets.target_kind = 'analyte'
)

select * from described
