//! From SVG text to a PNG. The only place that names resvg.
//!
//! Fonts are looked for where Debian's packages put them, once, when the first picture is asked for. They are
//! mapped while a text is shaped and not kept in memory.

use ipc_schema::vocab::Locale;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, FaceInfo, ID, Language, Weight};
use resvg::usvg::{FontResolver, Options, Tree};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Pixels for each unit of a picture, so that letters are sharp on a phone.
pub const SCALE: f32 = 2.0;

/// Where systems keep fonts.
const ROOTS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// The fonts for nearly all that is written here, where Debian puts them.
const BEST: [&str; 4] = [
    "truetype/noto/NotoSans-Regular.ttf",
    "truetype/noto/NotoSans-Bold.ttf",
    "opentype/noto/NotoSansCJK-Regular.ttc",
    "opentype/noto/NotoSansCJK-Bold.ttc",
];

/// The folder with a font for each script that few write.
const REST: &str = "truetype/noto";

/// What to install where there are none.
pub const PACKAGES: &str = "fonts-noto-core fonts-noto-cjk";

/// Letters whose font is remembered: looking for one opens up to a few hundred files.
const REMEMBERED: usize = 4096;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    #[error("the picture is no svg")]
    Parse(#[source] resvg::usvg::Error),
    #[error("a picture without a size")]
    Size,
    #[error("encode the picture")]
    Encode(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The fonts there are.
#[derive(Debug)]
pub struct Fonts {
    database: Arc<Database>,
    /// The font that has it.
    known: Mutex<HashMap<Wanted, Option<ID>>>,
}

/// A letter, its weight, and the way of writing Han.
type Wanted = (char, Weight, &'static str);

impl Fonts {
    /// None where there are no fonts at all.
    pub fn find() -> Option<Fonts> {
        ROOTS.iter().find_map(|root| Fonts::find_in(Path::new(root)))
    }

    /// Those below one folder. A font that cannot be read is left out.
    pub fn find_in(root: &Path) -> Option<Fonts> {
        let mut database = Database::new();
        for path in BEST.iter().map(|place| root.join(place)).chain(rest(&root.join(REST))) {
            database.load_font_file(path).ok();
        }
        if database.is_empty() {
            database.load_fonts_dir(root);
        }
        let ours = database.faces().next()?.families.first()?.0.clone();
        // What has none of the fonts that a picture names is written in this one.
        database.set_serif_family(ours);
        Some(Fonts { database: Arc::new(database), known: Mutex::default() })
    }

    /// The picture as a PNG, [`SCALE`] pixels for each unit. Letters that no font has are boxes.
    pub fn paint(&self, svg: &str, locale: Locale) -> Result<Vec<u8>, PaintError> {
        let tree = self.lay_out(svg, locale)?;
        let size = tree.size().scale_by(SCALE).ok_or(PaintError::Size)?.to_int_size();
        let mut pixmap = Pixmap::new(size.width(), size.height()).ok_or(PaintError::Size)?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
        pixmap.encode_png().map_err(|error| PaintError::Encode(Box::new(error)))
    }

    fn lay_out(&self, svg: &str, locale: Locale) -> Result<Tree, PaintError> {
        let han = han_of(locale);
        let options = Options {
            font_resolver: FontResolver {
                select_font: FontResolver::default_font_selector(),
                select_fallback: Box::new(move |letter, used, _| self.font_with(letter, used, han)),
            },
            fontdb: Arc::clone(&self.database),
            ..Options::default()
        };
        Tree::from_str(svg, &options).map_err(PaintError::Parse)
    }

    /// A font with this letter that is none of `used`, in the weight of the first of them where there is one.
    fn font_with(&self, letter: char, used: &[ID], han: &'static str) -> Option<ID> {
        let weight = self.database.face(*used.first()?)?.weight;
        let key = (letter, weight, han);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key)
            && found.is_none_or(|found| !used.contains(&found))
        {
            return *found;
        }
        let found = self.look_for(letter, used, weight, han);
        let mut known = known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, found);
        found
    }

    fn look_for(&self, letter: char, used: &[ID], weight: Weight, han: &str) -> Option<ID> {
        let search = FontResolver::default_fallback_selector();
        let fits_weight = |face: &FaceInfo| face.weight == weight;
        let is_written_so = |face: &FaceInfo| {
            let family =
                face.families.iter().find(|(_, language)| *language == Language::English_UnitedStates);
            family.is_none_or(|(family, _)| !family.contains(" CJK ") || family.ends_with(han))
        };
        // The search takes the first font that has the letter, so those that fit less are left out of it.
        let within = |fits: &dyn Fn(&FaceInfo) -> bool| {
            let others = self.database.faces().filter(|face| !fits(face)).map(|face| face.id);
            let left_out: Vec<ID> = used.iter().copied().chain(others).collect();
            search(letter, &left_out, &mut Arc::clone(&self.database))
        };
        within(&|face| fits_weight(face) && is_written_so(face))
            .or_else(|| within(&is_written_so))
            .or_else(|| within(&|_| true))
    }
}

/// Han letters look otherwise in each country, and a font has one way of writing them.
fn han_of(locale: Locale) -> &'static str {
    match locale {
        Locale::KoKr => " KR",
        Locale::EnUs | Locale::ZhCn | Locale::EsMx | Locale::RuRu => " SC",
    }
}

/// The upright fonts of a folder in two weights, without those that come first anyway.
fn rest(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_wanted = name.ends_with("-Regular.ttf") || name.ends_with("-Bold.ttf");
        is_wanted && name.starts_with("NotoSans") && !BEST.iter().any(|best| best.ends_with(name))
    });
    // A folder has no order, and the same picture is to look the same everywhere.
    paths.sort();
    paths
}

#[cfg(test)]
impl Fonts {
    /// Every text of a picture and where it is.
    pub(super) fn texts(&self, svg: &str, locale: Locale) -> Vec<(String, super::svg::Area)> {
        fn walk(group: &resvg::usvg::Group, found: &mut Vec<(String, super::svg::Area)>) {
            for node in group.children() {
                match node {
                    resvg::usvg::Node::Group(group) => walk(group, found),
                    resvg::usvg::Node::Text(text) => {
                        let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
                        let place = text.abs_bounding_box();
                        let (x, y, width, height) = (place.x(), place.y(), place.width(), place.height());
                        found.push((words, super::svg::Area { x, y, width, height }));
                    }
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        walk(self.lay_out(svg, locale).unwrap().root(), &mut found);
        found
    }
}

/// Width and height of a PNG, in pixels, and its pixels.
#[cfg(test)]
pub(super) fn decoded(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let pixmap = Pixmap::decode_png(png).unwrap();
    (pixmap.width(), pixmap.height(), pixmap.data().to_vec())
}
