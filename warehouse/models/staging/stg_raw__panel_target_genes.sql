-- grain: study_id, target_id, gene_symbol
with

genes as (select * from {{ source('raw', 'panel_target_genes') }}),

studies as (select * from {{ ref('stg_raw__studies') }}),

kept_of_the_study as (
    select
        genes.study_id,
        genes.target_id,
        genes.gene_symbol,
        genes.uniprot_id
    from genes
    inner join studies
        on
            genes.study_id = studies.study_id
            and genes.panel_id = studies.panel_id
)

select * from kept_of_the_study
