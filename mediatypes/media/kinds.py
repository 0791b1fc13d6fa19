"""The media types. This is the only list of them: a line for each.

All else follows from it: the names of the front door, what a reader makes of a record,
and which tests, pages and components there have to be. An import in this form is one
that type checkers take for an export.
"""

from __future__ import annotations

from mediatypes.media.array import Array as Array
from mediatypes.media.audio import Audio as Audio
from mediatypes.media.file import File as File
from mediatypes.media.histogram import Histogram as Histogram
from mediatypes.media.html import Html as Html
from mediatypes.media.image import Image as Image
from mediatypes.media.markdown import Markdown as Markdown
from mediatypes.media.molecule import Molecule as Molecule
from mediatypes.media.object3d import Object3D as Object3D
from mediatypes.media.plot import Plot as Plot
from mediatypes.media.table import Table as Table
from mediatypes.media.text import Text as Text
from mediatypes.media.video import Video as Video
