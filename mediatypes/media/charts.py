"""Charts that people always draw, as plots that carry their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from mediatypes.adapters import chart_making as making
from mediatypes.adapters.scores import parse_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatypes.adapters.chart import Chart

__all__ = ["Charts"]


class Charts:
    """The charts of `mediatypes.plot`, each of which makes a `Plot`.

    All take ``caption``, the text shown with the chart, and ``theme``, ``"light"`` or
    ``"dark"``. `split_table` is accepted and has no effect: the numbers are always kept
    in a file of their own, and are there as ``.data``.
    """

    @classmethod
    def _of(cls, chart: Chart, title: str, caption: str | None, theme: str) -> Self:
        """Return `chart` drawn."""
        raise NotImplementedError

    @classmethod
    def line(  # noqa: PLR0913 - the call style people know
        cls,
        table: Any = None,
        x: Any = None,
        y: Any = None,
        stroke: Any = None,
        title: str = "",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return a line through points, or one for each value of `stroke`.

        Parameters
        ----------
        table
            A frame of pandas, polars or Arrow, a mapping of columns, rows as mappings,
            or an object with ``get_column(name)``; None if the columns are arrays.
        x
            Name of a column, or values along one axis: numbers, dates or words, in the
            order in which the line goes through them.
        y
            As `x`: numbers.
        stroke
            As `x`: what tells lines apart.
        title
            Words above it.
        split_table, caption, theme
            As above.

        Raises
        ------
        mediatypes.errors.OptionError
            If the table has no such column.
        mediatypes.errors.UnsupportedInputError
            If something is no table, or no numbers.
        mediatypes.errors.ShapeError
            If columns are not as long as one another.

        Examples
        --------
        >>> import mediatypes as mt
        >>> loss = {"step": [0, 1, 2], "loss": [0.9, 0.4, 0.3]}
        >>> mt.plot.line(loss, "step", "loss", title="Training").data
        {'step': [0, 1, 2], 'loss': [0.9, 0.4, 0.3]}
        """
        del split_table
        chart = making.points("lines", table, (x, y, stroke))
        return cls._of(chart, title, caption, theme)

    @classmethod
    def scatter(  # noqa: PLR0913 - the call style people know
        cls,
        table: Any = None,
        x: Any = None,
        y: Any = None,
        title: str = "",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return points; the parameters and errors are those of `line`.

        Examples
        --------
        >>> import mediatypes as mt
        >>> mt.plot.scatter(x=[1, 2], y=[3.0, 4.0])
        Plot(720 × 510)
        """
        del split_table
        chart = making.points("points", table, (x, y, None))
        return cls._of(chart, title, caption, theme)

    @classmethod
    def bar(  # noqa: PLR0913 - the call style people know
        cls,
        table: Any = None,
        label: Any = None,
        value: Any = None,
        title: str = "",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return a bar for each row: `label` is its name, `value` its length.

        They are columns as those of `line`, with the same errors. Bars with long names,
        or many, lie.

        Examples
        --------
        >>> import mediatypes as mt
        >>> mt.plot.bar(label=["cat", "dog"], value=[0.9, 0.8]).data
        {'label': ['cat', 'dog'], 'value': [0.9, 0.8]}
        """
        del split_table
        return cls._of(making.bars(table, label, value), title, caption, theme)

    @classmethod
    def histogram(
        cls,
        table: Any = None,
        value: Any = None,
        title: str = "",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return how often values fall into each of up to 64 equal bins.

        `value` is a column as those of `line`, with the same errors. What is not finite
        is left out, which is said. `mediatypes.Histogram` keeps the counts without a
        picture.

        Examples
        --------
        >>> import mediatypes as mt
        >>> mt.plot.histogram(value=[1.0, 2.0, 2.0]).data
        {'value': [1.0, 2.0, 2.0]}
        """
        del split_table
        return cls._of(making.histogram(table, value), title, caption, theme)

    @classmethod
    def line_series(  # noqa: PLR0913 - the call style people know
        cls,
        xs: Any,
        ys: Any,
        keys: Sequence[Any] | None = None,
        title: str = "",
        xname: str = "x",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return several lines.

        Parameters
        ----------
        xs
            Values along one axis that all lines share, or a sequence of such, one for
            each line.
        ys
            A sequence of lines, each of numbers, as many as there are in its `xs`.
        keys
            Names of the lines; ``line_0`` and so on without them.
        title
            Words above it.
        xname
            What `xs` is.
        split_table, caption, theme
            As above.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are not as many of one as of another.

        Examples
        --------
        >>> import mediatypes as mt
        >>> mt.plot.line_series([0, 1], [[1, 2], [3, 4]], ["a", "b"]).data["lineKey"]
        ['a', 'a', 'b', 'b']
        """
        del split_table
        chart = making.many_lines(xs, ys, keys, xname)
        return cls._of(chart, title, caption, theme)

    @classmethod
    def confusion_matrix(  # noqa: PLR0913 - the call style people know
        cls,
        probs: Any = None,
        y_true: Any = None,
        preds: Any = None,
        class_names: Sequence[Any] | None = None,
        title: str = "Confusion Matrix Curve",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return how often each class was taken for each other.

        Rows are what is true, columns what was predicted; the shade is the share of the
        row.

        Parameters
        ----------
        probs
            Shape (samples, classes): the class with the largest number is predicted.
        y_true
            The true classes: names, or indices from 0.
        preds
            The predicted classes, instead of `probs`.
        class_names
            Names of the classes; without them, those that occur.
        title
            Words above it.
        split_table, caption, theme
            As above.

        Raises
        ------
        mediatypes.errors.OptionError
            If both `probs` and `preds` are given or neither, or a class has no name.
        mediatypes.errors.ShapeError
            If there are not as many predictions as truths.

        Examples
        --------
        >>> import mediatypes as mt
        >>> found = mt.plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 0, 1])
        >>> found.data["nPredictions"]
        [1, 0, 1, 1]
        """
        del split_table
        chart = making.confusion_matrix(probs, y_true, preds, class_names)
        return cls._of(chart, title, caption, theme)

    @classmethod
    def pr_curve(  # noqa: PLR0913, PLR0917 - the call style people know
        cls,
        y_true: Any = None,
        y_probas: Any = None,
        labels: Sequence[Any] | None = None,
        classes_to_plot: Sequence[Any] | None = None,
        interp_size: int | None = None,
        title: str = "Precision-Recall Curve",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return precision over recall, each class against the rest.

        Parameters
        ----------
        y_true
            The true classes: names, or indices from 0.
        y_probas
            Shape (samples, classes): a score of each class; or (samples,): of class 1.
        labels
            Names of the classes, in the order of `y_probas`.
        classes_to_plot
            Names or indices of the classes to draw, all by default.
        interp_size
            At how many equally spaced recalls to take the precision; without it, at
            each that there is, up to 1,000.
        title
            Words above it.
        split_table, caption, theme
            As above.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are not as many truths as scores.
        mediatypes.errors.OptionError
            If a class is none of those that there are.

        Examples
        --------
        >>> import mediatypes as mt
        >>> mt.plot.pr_curve([0, 1, 1], [0.2, 0.4, 0.9]).data["recall"]
        [0.0, 0.5, 1.0, 1.0]
        """
        del split_table
        known = parse_scores(y_true, y_probas, labels, classes_to_plot)
        return cls._of(making.pr_curve(known, interp_size), title, caption, theme)

    @classmethod
    def roc_curve(  # noqa: PLR0913 - the call style people know
        cls,
        y_true: Any = None,
        y_probas: Any = None,
        labels: Sequence[Any] | None = None,
        classes_to_plot: Sequence[Any] | None = None,
        title: str = "ROC Curve",
        split_table: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        theme: str = "light",
    ) -> Self:
        """Return the rate of true positives over that of false ones, for each class.

        The parameters and errors are those of `pr_curve`.

        Examples
        --------
        >>> import mediatypes as mt
        >>> mt.plot.roc_curve([0, 1, 1], [0.2, 0.1, 0.9]).data["tpr"]
        [0.0, 0.5, 0.5, 1.0]
        """
        del split_table
        known = parse_scores(y_true, y_probas, labels, classes_to_plot)
        return cls._of(making.roc_curve(known), title, caption, theme)
