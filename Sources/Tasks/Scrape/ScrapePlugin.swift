internal import BatchCore
internal import CICU
internal import CXML2
internal import ScrapeShims
