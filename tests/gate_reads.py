"""Kinds of read: everything SQLAlchemy lets one ask for, each returning whatever its session hands out.

`READS` list the words of every record, `COPIES` the copies of every photograph, `COUNTS` count
the records. Held against the gate by tests/test_gate_sessions.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Text as SqlText
from sqlalchemy import and_, case, cast, exists, func, literal, or_, select, tuple_, union, union_all
from sqlalchemy.orm import (
    Bundle,
    aliased,
    contains_eager,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    raiseload,
    selectinload,
    subqueryload,
    undefer,
    with_polymorphic,
)

from memorial import models
from memorial.models import Contribution, Derivative, Media, Part, Record, SearchEntry, Text

T, R, M, D = Text, Record, Media, Derivative
TOLD = models.Testimony
PHOTO = M.role == "photograph"

# -- reads that list: each returns rows of every record the reader may see -------------------

READS: dict[str, Callable[[Any], Any]] = {}
COPIES: dict[str, Callable[[Any], Any]] = {}  # the same, of copies: custody sees those of closed parts too
COUNTS: dict[str, Callable[[Any], int]] = {}  # how many records


def read(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    READS[function.__name__] = function
    return function


def copies(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    COPIES[function.__name__] = function
    return function


def count(function: Callable[[Any], int]) -> Callable[[Any], int]:
    COUNTS[function.__name__] = function
    return function


@read
def entities(s):
    return s.scalars(select(T)).all()


@read
def planned_once(s):
    return s.scalars(select(T).execution_options(planned_once=True)).all()


@read
def planned_once_within(s):
    """As a search for a name asks: parts of a union, each behind the gate by itself."""
    first = select(T.body, T.id).cte("first").prefix_with("MATERIALIZED")
    other = aliased(T)
    second = select(other.body, other.id).where(other.id.not_in(select(first.c.id))).cte("second")
    every = union_all(select(first), select(second)).execution_options(planned_once=True)
    return [row.body for row in s.execute(every)]


@read
def columns(s):
    return s.execute(select(T.body)).all()


@read
def columns_of_two_classes(s):
    return s.execute(select(T.body, M.alt).where(M.record_id == T.record_id)).all()


@read
def entity_and_column(s):
    return s.execute(select(T, T.role)).all()


@read
def an_entity_and_a_column(s):
    return s.execute(select(T, T.role)).all()


@read
def a_function_of_a_column(s):
    return s.execute(select(func.upper(T.role), func.lower(T.body))).all()


@read
def a_label_and_a_cast(s):
    return s.execute(select(cast(T.body, SqlText).label("said"))).mappings().all()


@read
def a_case(s):
    return s.scalars(select(case((T.role == "title", T.body), else_=T.body))).all()


@read
def concatenated(s):
    return s.scalars(select(literal("x") + T.body)).all()


@read
def distinct(s):
    return s.scalars(select(T.body).distinct()).all()


@read
def only_some_columns(s):
    return s.scalars(select(T).options(load_only(T.body))).all()


@read
def where_with_or(s):
    return s.scalars(select(T).where(or_(T.role == "title", T.id > 0))).all()


@read
def where_true_or_more(s):
    return s.scalars(select(T).where(or_(literal(True), T.sealed.is_(True)))).all()


@read
def by_a_list_of_all_ids(s):
    return s.scalars(select(T).where(T.id.in_(range(1, 200)))).all()


@read
def by_tuples(s):
    return s.scalars(select(T).where(tuple_(T.role, T.position).in_([("title", 0), ("quotation", 1)]))).all()


@read
def an_alias(s):
    t = aliased(T)
    return s.scalars(select(t)).all()


@read
def an_alias_of_columns(s):
    t = aliased(T, name="t")
    return s.execute(select(t.body, t.role)).all()


@read
def joined_from_the_record(s):
    return s.execute(select(R.public_id, T.body).join(T, T.record_id == R.id)).all()


@read
def joined_to_the_record(s):
    return s.execute(select(T.body, R.public_id).join(R, R.id == T.record_id)).all()


@read
def joined_with_an_alias_in_the_on_clause(s):
    t = aliased(T)
    return s.execute(select(R.id, t.body).join(t, and_(t.record_id == R.id, t.id > 0))).all()


@read
def joined_with_an_alias_and_or_in_the_on_clause(s):
    t = aliased(T)
    return s.execute(select(R.id, t.body).join(t, or_(t.record_id == R.id, t.id > 0))).all()


@read
def outer_joined(s):
    return s.execute(select(R.id, T.body).outerjoin(T, T.record_id == R.id)).all()


@read
def outer_joined_by_an_alias_without_condition(s):
    t = aliased(T)
    return s.execute(select(R.id, t.body).outerjoin(t, literal(True))).all()


@read
def fully_joined(s):
    t = aliased(T)
    return s.execute(select(T.body, t.body).join(t, t.id == T.translates_id, full=True)).all()


@read
def a_class_joined_to_itself(s):
    t = aliased(T)
    return s.execute(select(T.body, t.body).join_from(T, t, t.record_id == T.record_id)).all()


@read
def three_classes(s):
    wanted = select(R.id, T.body, M.alt, D.mime)
    wanted = wanted.join(T, T.record_id == R.id).join(M, M.record_id == R.id).join(D, D.media_id == M.id)
    return s.execute(wanted).all()


@read
def joined_from_an_unguarded_class(s):
    return s.execute(select(Part.key, T.body).join(T, T.part_id == Part.id)).all()


@read
def outer_joined_from_an_unguarded_class(s):
    return s.execute(select(Part.key, T.body).outerjoin(T, T.part_id == Part.id)).all()


@read
def outer_joined_to_an_alias_from_an_unguarded_class(s):
    t = aliased(T)
    return s.execute(select(Contribution.id, t.body).outerjoin(t, literal(True))).all()


@read
def a_subquery(s):
    inner = select(T.body, T.record_id).subquery()
    return s.execute(select(inner.c.body)).all()


@read
def an_entity_over_a_subquery(s):
    inner = aliased(T, select(T).subquery())
    return s.scalars(select(inner)).all()


@read
def a_subquery_in_a_subquery(s):
    inner = select(T.body).subquery()
    outer = select(inner.c.body.label("b")).subquery()
    return s.execute(select(outer.c.b)).all()


@read
def a_scalar_subquery(s):
    said = select(T.body).where(T.record_id == Part.record_id).order_by(T.id).limit(1).scalar_subquery()
    return s.scalars(select(said).select_from(Part)).all()


@read
def a_correlated_scalar_subquery_of_an_alias(s):
    t = aliased(T)
    said = select(func.min(t.body)).where(t.record_id == Part.record_id).correlate(Part).scalar_subquery()
    return s.execute(select(Part.id, said)).all()


@read
def a_lateral_subquery(s):
    if s.get_bind().dialect.name == "sqlite":  # has none
        return s.scalars(select(T)).all()
    said = select(T.body).where(T.record_id == Part.record_id).lateral()
    return s.execute(select(Part.id, said.c.body).join(said, literal(True))).all()


@read
def a_cte(s):
    inner = select(T.body).cte()
    return s.execute(select(inner.c.body)).all()


@read
def a_recursive_cte(s):
    base = select(T.id, T.body, T.translates_id).where(T.translates_id.is_(None)).cte(recursive=True)
    t = aliased(T)
    tree = base.union_all(select(t.id, t.body, t.translates_id).join(base, t.translates_id == base.c.id))
    return s.execute(select(tree.c.body)).all()


@read
def a_union(s):
    return s.execute(union(select(T.body), select(M.alt))).all()


@read
def a_union_all_of_entities(s):
    both = union_all(select(T), select(T)).subquery()
    return s.scalars(select(aliased(T, both))).all()


@read
def an_exists_over_it(s):
    said = exists().where(T.record_id == TOLD.record_id)
    press = s.execute(select(T.body).where(T.role == "quotation")).all()
    return [*s.scalars(select(TOLD.told_at).where(said)), *press]


@read
def in_a_subquery(s):
    return s.scalars(select(M.alt).where(M.record_id.in_(select(T.record_id)))).all()


@read
def a_window_function(s):
    place = func.row_number().over(partition_by=T.role, order_by=T.body)
    return s.execute(select(T.body, place)).all()


@read
def a_lag_over_rows(s):
    before = func.lag(T.body).over(order_by=T.id)
    last = func.last_value(T.body).over()
    return s.execute(select(before, last, T.body)).all()


@read
def grouped(s):
    return s.execute(select(T.body, func.count()).group_by(T.body).having(func.count() > 0)).all()


@read
def the_least_and_the_greatest(s):
    return s.execute(select(T.record_id, func.min(T.body), func.max(T.body)).group_by(T.record_id)).all()


@read
def gathered_by_an_aggregate(s):
    gather = (
        func.group_concat(T.body) if s.get_bind().dialect.name == "sqlite" else func.string_agg(T.body, ",")
    )
    return s.scalars(select(gather)).all()


@read
def limited_pages(s):
    pages = [s.scalars(select(T).order_by(T.id).limit(2).offset(start)).all() for start in range(0, 40, 2)]
    return pages


@read
def by_keyset(s):
    gone, last = [], 0
    while page := s.scalars(select(T).where(T.id > last).order_by(T.id).limit(3)).all():
        gone += page
        last = page[-1].id
    return gone


@read
def the_old_query_api(s):
    return s.query(T).all()


@read
def the_old_query_api_with_columns(s):
    return s.query(T.body).join(R, R.id == T.record_id).all()


@read
def the_old_query_api_by_get(s):
    return [s.get(T, number) for number in range(1, 60)]


@read
def filtered_by_keyword(s):
    return [s.query(T).filter_by(position=number).all() for number in range(4)]


@read
def got_one_by_one(s):
    return [s.get(T, number) for number in range(1, 60)]


@read
def got_again_from_the_database(s):
    return [s.get(T, number, populate_existing=True) for number in range(1, 60)]


@read
def in_batches(s):
    return s.scalars(select(T).execution_options(yield_per=2)).all()


@read
def partitions(s):
    return list(s.execute(select(T.body).execution_options(yield_per=3)).partitions(3))


@read
def streamed(s):
    return list(s.scalars(select(T).execution_options(stream_results=True)))


@read
def existing_objects_filled_anew(s):
    s.scalars(select(T)).all()
    return s.scalars(select(T).execution_options(populate_existing=True)).all()


@read
def locked_for_update(s):
    return s.scalars(select(T).with_for_update()).all()


@read
def deferred_and_read_afterwards(s):
    return [row.body for row in s.scalars(select(T).options(defer(T.body)))]


@read
def undeferred(s):
    return [row.body for row in s.scalars(select(T).options(undefer(T.body)))]


@read
def refreshed(s):
    rows = s.scalars(select(T)).all()
    for row in rows:
        s.refresh(row)
    return [row.body for row in rows]


@read
def expired_and_read_again(s):
    rows = s.scalars(select(T)).all()
    s.expire_all()
    return [row.body for row in rows]


@read
def one_expired_column(s):
    rows = s.scalars(select(T)).all()
    for row in rows:
        s.expire(row, ["body"])
    return [row.body for row in rows]


@read
def a_relation_loaded_when_touched(s):
    rows = s.scalars(select(R).options(lazyload(R.testimony), lazyload(R.press)))
    return [detail for row in rows for detail in (row.testimony, row.press) if detail]


@read
def a_relation_loaded_by_join(s):
    rows = s.scalars(select(R).options(joinedload(R.testimony), joinedload(R.press)))
    return [vars(row).get("testimony") or vars(row).get("press") for row in rows]


@read
def a_relation_loaded_by_inner_join(s):
    rows = s.scalars(select(R).options(joinedload(R.testimony, innerjoin=True))).all()
    return [*[row.testimony for row in rows], *s.scalars(select(T).where(T.role == "quotation"))]


@read
def a_relation_joined_by_its_name(s):
    rows = s.execute(select(R.id, TOLD.told_at).outerjoin(R.testimony)).all()
    return [*rows, *s.scalars(select(T).where(T.role == "quotation"))]


@read
def contained_eagerly(s):
    wanted = select(R).outerjoin(R.testimony).options(contains_eager(R.testimony))
    rows = s.scalars(wanted).all()
    return [
        *[row.testimony for row in rows if row.testimony],
        *s.scalars(select(T).where(T.role == "quotation")),
    ]


@read
def polymorphic_alias(s):
    t = with_polymorphic(T, "*", flat=True)
    return s.scalars(select(t)).all()


@read
def of_a_parent_seen_to_have_children(s):
    rows = s.scalars(select(M).where(M.derivatives.any(D.mime == "image/webp"))).all()
    return [row.alt for row in rows]


@read
def of_a_child_seen_to_have_a_parent(s):
    return s.scalars(select(D.sha256).where(D.media.has(PHOTO), D.sha256.not_like("%-dark"))).all()


@read
def through_a_bundle(s):
    return [row[0] for row in s.execute(select(Bundle("said", T.body, T.role)))]


@read
def folded_words_of_the_index(s):
    return [body.replace("canary ", "canary-") for body in s.scalars(select(SearchEntry.body))]


# -- copies: a collection of which some children are closed even where the parent is open ----


@copies
def children_loaded_when_touched(s):
    return [child for medium in s.scalars(select(M)) for child in medium.derivatives]


@copies
def children_by_a_second_select(s):
    rows = s.scalars(select(M).options(selectinload(M.derivatives)))
    return [child for medium in rows for child in medium.derivatives]


@copies
def children_by_join(s):
    rows = s.scalars(select(M).options(joinedload(M.derivatives))).unique()
    return [child for medium in rows for child in medium.derivatives]


@copies
def children_by_subquery(s):
    rows = s.scalars(select(M).options(subqueryload(M.derivatives)))
    return [child for medium in rows for child in medium.derivatives]


@copies
def children_at_once(s):
    rows = s.scalars(select(M).options(immediateload(M.derivatives)))
    return [child for medium in rows for child in medium.derivatives]


@copies
def children_of_refreshed_parents(s):
    rows = s.scalars(select(M).options(selectinload(M.derivatives))).all()
    for row in rows:
        s.refresh(row, ["derivatives"])
    return [child for medium in rows for child in medium.derivatives]


@copies
def children_after_expiry(s):
    rows = s.scalars(select(M).options(joinedload(M.derivatives))).unique().all()
    s.expire_all()
    return [child.sha256 for medium in rows for child in medium.derivatives]


@copies
def children_joined_by_the_relation(s):
    return s.execute(select(M.id, D.sha256).join(M.derivatives)).all()


@copies
def children_joined_by_an_alias_of_the_relation(s):
    d = aliased(D)
    return s.execute(select(M.id, d.sha256).join(M.derivatives.of_type(d))).all()


@copies
def children_contained(s):
    rows = s.scalars(select(M).join(M.derivatives).options(contains_eager(M.derivatives))).unique()
    return [child for medium in rows for child in medium.derivatives]


@copies
def children_and_parents_again(s):
    rows = s.scalars(select(D).options(joinedload(D.media).selectinload(M.derivatives))).unique()
    return [child for row in rows for child in row.media.derivatives]


@copies
def children_refused_unless_loaded(s):
    return s.scalars(select(D).options(raiseload("*"))).all()


# -- counts ---------------------------------------------------------------------------------


@count
def counted(s):
    return s.scalar(select(func.count()).select_from(R))


@count
def counted_by_id(s):
    return s.scalar(select(func.count(R.id)))


@count
def counted_once_each(s):
    return s.scalar(select(func.count(T.record_id.distinct())))


@count
def counted_through_a_subquery(s):
    return s.scalar(select(func.count()).select_from(select(R.id).subquery()))


@count
def counted_the_old_way(s):
    return s.query(R).count()


@count
def counted_by_a_filter(s):
    return s.scalar(select(func.count(R.id).filter(R.id > 0)).select_from(R))


@count
def summed(s):
    return s.scalar(select(func.coalesce(func.sum(M.bytes), 0)))


@count
def counted_by_group(s):
    return sum(row[1] for row in s.execute(select(R.kind, func.count()).group_by(R.kind)))


@count
def counted_by_facets_of_two_classes(s):
    wanted = select(R.kind, T.language, func.count(R.id.distinct())).join(T, T.record_id == R.id)
    return sum(row[2] for row in s.execute(wanted.group_by(R.kind, T.language)))


@count
def counted_in_a_column(s):
    number = select(func.count()).select_from(R).scalar_subquery()
    return s.scalar(select(number))


@count
def counted_by_existence(s):
    with_words = exists().where(T.record_id == Part.record_id)
    return s.scalar(select(func.count()).select_from(Part).where(Part.key == "page", with_words))


@count
def counted_by_row(s):
    return len(s.execute(select(literal(1)).select_from(R)).all())


@count
def counted_by_a_total_beside_each_row(s):
    rows = s.execute(select(R.id, func.count().over())).all()
    return rows[0][1] if rows else 0
