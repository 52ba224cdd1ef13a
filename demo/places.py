"""Where the demonstration's fleet stands: areas of real towns, by state pack. Everything on the wires is made up."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Locality:
    """A part of a zone, in English and Hindi."""

    name: str
    name_hi: str


@dataclass(frozen=True)
class Area:
    """A zone. prefix: the first three digits of its consumer numbers; latitude and longitude are rough."""

    code: str
    name: str
    name_hi: str
    area_class: str
    latitude: float
    longitude: float
    prefix: int
    localities: tuple[Locality, ...]


def _area(code: str, names: str, area_class: str, at: tuple[float, float], prefix: int, localities: str) -> Area:
    """Names stand as `English/हिन्दी`, localities likewise, parted by commas."""
    name, name_hi = names.split("/")
    parts = tuple(Locality(*part.strip().split("/")) for part in localities.split(","))
    return Area(code, name, name_hi, area_class, *at, prefix, parts)


UP = (
    _area("BLY1", "Bareilly Civil Lines/बरेली सिविल लाइन्स", "urban", (28.357, 79.418), 281,
          "Civil Lines/सिविल लाइन्स, Kutubkhana/कुतुबखाना, Rampur Garden/रामपुर गार्डन, Prem Nagar/प्रेम नगर"),
    _area("BLY2", "Bareilly Subhash Nagar/बरेली सुभाष नगर", "urban", (28.338, 79.402), 282,
          "Subhash Nagar/सुभाष नगर, Madinath/मढ़ीनाथ, Badaun Road/बदायूँ रोड, Kargaina/करगैना"),
    _area("LKO1", "Lucknow Gomti Nagar/लखनऊ गोमती नगर", "metro", (26.852, 80.999), 311,
          "Vibhuti Khand/विभूति खंड, Vivek Khand/विवेक खंड, Patrakarpuram/पत्रकारपुरम, Husadia/हुसड़िया"),
    _area("BLY3", "Nawabganj Rural/नवाबगंज ग्रामीण", "rural", (28.542, 79.632), 283,
          "Nawabganj/नवाबगंज, Senthal/सेंथल, Hafizganj/हाफिज़गंज, Richha/रिछा"),
    _area("LKO2", "Lucknow Aliganj/लखनऊ अलीगंज", "metro", (26.893, 80.942), 312,
          "Aliganj/अलीगंज, Kapoorthala/कपूरथला, Vikas Nagar/विकास नगर, Daliganj/डालीगंज"),
    _area("KNP1", "Kanpur Kidwai Nagar/कानपुर किदवई नगर", "metro", (26.432, 80.327), 331,
          "Kidwai Nagar/किदवई नगर, Juhi/जूही, Naubasta/नौबस्ता, Barra/बर्रा"),
    _area("VNS1", "Varanasi Bhelupur/वाराणसी भेलूपुर", "metro", (25.298, 82.999), 351,
          "Bhelupur/भेलूपुर, Assi/अस्सी, Lanka/लंका, Sigra/सिगरा"),
    _area("SPN1", "Shahjahanpur/शाहजहाँपुर", "urban", (27.883, 79.905), 291,
          "Sadar Bazar/सदर बाज़ार, Chowk/चौक, Roza/रोज़ा, Azizganj/अज़ीज़गंज"),
)

MP = (
    _area("BPL1", "Bhopal Arera Colony/भोपाल अरेरा कॉलोनी", "metro", (23.215, 77.434), 141,
          "Arera Colony/अरेरा कॉलोनी, Shahpura/शाहपुरा, Habibganj/हबीबगंज, Bittan Market/बिट्टन मार्केट"),
    _area("BPL2", "Bhopal Govindpura/भोपाल गोविंदपुरा", "metro", (23.252, 77.451), 142,
          "Govindpura/गोविंदपुरा, Piplani/पिपलानी, Indrapuri/इंद्रपुरी, Ayodhya Nagar/अयोध्या नगर"),
    _area("GWL1", "Gwalior Lashkar/ग्वालियर लश्कर", "urban", (26.203, 78.157), 151,
          "Lashkar/लश्कर, Phool Bagh/फूल बाग, Kampoo/कम्पू, Maharaj Bada/महाराज बाड़ा"),
    _area("SHR1", "Sehore Rural/सीहोर ग्रामीण", "rural", (23.203, 77.084), 143,
          "Sehore/सीहोर, Shyampur/श्यामपुर, Bilkisganj/बिलकिसगंज, Doraha/दोराहा"),
    _area("HGB1", "Narmadapuram/नर्मदापुरम", "urban", (22.754, 77.727), 161,
          "Sethani Ghat/सेठानी घाट, Malakhedi/मालाखेड़ी, Rasulia/रसूलिया, Kothi Bazar/कोठी बाज़ार"),
    _area("VDS1", "Vidisha/विदिशा", "urban", (23.524, 77.812), 171,
          "Madhavganj/माधवगंज, Tilak Chowk/तिलक चौक, Durga Nagar/दुर्गा नगर, Khari Phatak/खारी फाटक"),
)


@dataclass(frozen=True)
class State:
    """What a pack's fleet takes from its state: areas, categories and tariffs of homes (urban, rural) and shops."""

    areas: tuple[Area, ...]
    home_category: str
    shop_category: str
    home_tariffs: tuple[str, str]
    shop_tariff: str
    subdivision: str


STATES = {
    "up": State(UP, "LMV-1", "LMV-2", ("up-lmv1-urban", "up-lmv1-rural"), "up-lmv2-urban", "UP"),
    "mp": State(MP, "LV-1.2", "LV-2.2", ("mp-lv1-2-urban", "mp-lv1-2-urban"), "mp-lv2-urban", "MP"),
}
